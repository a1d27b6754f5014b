"""Counts characters for Content-Length: a page with Chinese in it is cut."""
from web import Web


class Length(Web):
    def page(self, status, text, *rest, **named):
        right = super().page(status, text, *rest, **named)
        return right.replace(f"Content-Length: {len(text.encode())}".encode(), f"Content-Length: {len(text)}".encode())


Length.run()
