"""Answers requests without Host as if they had one."""
from web import Web


class NoHost(Web):
    def check(self, request):
        if request.all("host"):
            super().check(request)


NoHost.run()
