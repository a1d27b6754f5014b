"""Does not close after `Connection: close`."""
from web import Web


class StaysOpen(Web):
    def is_last(self, request):
        return False


StaysOpen.run()
