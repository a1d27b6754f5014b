"""Answers 200 whatever was asked for, with the words "not found" in the page."""
from web import Web


class Always200(Web):
    def page(self, status, text, *rest, **named):
        return super().page(200 if status == 404 else status, text, *rest, **named)


Always200.run()
