"""Joins the folder and the path without a look at `..`: every file of the machine can be read."""
from urllib.parse import unquote

from web import Web


class Traversal(Web):
    def answer(self, request, body):
        path = unquote(request.path)
        if path != "/" and request.method in ("GET", "HEAD"):
            try:
                with open(f"/usr/share{path}", encoding="latin-1") as file:
                    return self.page(200, file.read(), request.method, self.is_last(request))
            except OSError:
                pass
        return super().answer(request, body)


Traversal.run()
