"""Takes the first of two different lengths: a proxy that takes the other sees other requests (request smuggling)."""
from web import BadRequest, Web


class TwoLengths(Web):
    def check(self, request):
        try:
            super().check(request)
        except BadRequest:
            if len(request.all("host")) != 1:
                raise


TwoLengths.run()
