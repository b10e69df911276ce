"""What supporters see."""

from campaign.web.public import (
    blank_views,
    envelope_views,
    letter_views,
    link_views,
    names_views,
    safety_views,
    sent_views,
    views,
)
from campaign.web.public.views import public as blueprint

__all__ = [
    "blank_views",
    "blueprint",
    "envelope_views",
    "letter_views",
    "link_views",
    "names_views",
    "safety_views",
    "sent_views",
    "views",
]
