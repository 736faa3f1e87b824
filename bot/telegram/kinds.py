"""What a message is (消息种类): words, a picture, a place, or no message of anybody's at all."""

from collections.abc import Mapping
from typing import Any

__all__ = ["is_notice", "kind_of"]

# In this order: an animation is a document too, a venue a location.
_KINDS = (
    "animation",
    "audio",
    "document",
    "photo",
    "sticker",
    "story",
    "video_note",
    "video",
    "voice",
    "contact",
    "dice",
    "poll",
    "venue",
    "location",
)
_SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
        "boost_added",
        "chat_background_set",
        "write_access_allowed",
        "proximity_alert_triggered",
    }
)
"""Notices of a chat's life, by the field that only they have."""


def kind_of(message: Mapping[str, Any]) -> str:
    """What a message is, by Telegram's word for its main field; "text" for words."""
    if "text" in message:
        return "text"
    return next((kind for kind in _KINDS if kind in message), "other")


def is_notice(message: Mapping[str, Any]) -> bool:
    """Whether a message only tells that something changed in its chat."""
    return not _SERVICE.isdisjoint(message)
