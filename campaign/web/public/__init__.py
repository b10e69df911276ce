"""What supporters see."""

from campaign.web.public import letter_views, views
from campaign.web.public.views import public as blueprint

__all__ = ["blueprint", "letter_views", "views"]
