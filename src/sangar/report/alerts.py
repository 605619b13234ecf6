"""What people are told in a run: alerts of its events, in the words of the site's languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from sangar.pipeline.layout import area_map
from sangar.scenario.areas import Zone
from sangar.scenario.site import Site
from sangar.warning.words.alert import Alert, M
from sangar.warning.words.channel import BoundChannel
from sangar.warning.words.incidents import IncidentBook
from sangar.warning.words.wording import Language, Message, Place, Wording


@dataclass(frozen=True)
class Announcement(Generic[M]):
    """An alert and its words.

    Attributes:
        alert: what is said.
        zone: what people call the zone.
        told: whom the site's channels of the alert's mode reach.
        messages: the words, one per language, in the site's order.
    """

    alert: Alert[M]
    zone: str
    told: str
    messages: Sequence[Message]


class Announcer(Generic[M]):
    """Puts a run's alerts into words, all of one mode."""

    def __init__(self, mode: M, site: Site, languages: Sequence[Language]) -> None:
        """Ready for the first events of a run at a site."""
        self._zones = site.zones
        self._book = IncidentBook(mode, area_map(site), site.policy.warning)
        self._wordings = [Wording(mode, language) for language in languages]
        self._channels = bound_channels(site, mode)

    def take(self, events: NDArray[np.void], time_s: float) -> list[Announcement[M]]:
        """What these events make necessary to say, in order.

        Args:
            events: records of `core.events.EVENT`.
            time_s: now; not before the events.
        """
        return [self._worded(alert) for alert in self._book.take(events, time_s)]

    def _worded(self, alert: Alert[M]) -> Announcement[M]:
        zone = self._zones[alert.zone]
        told = ", ".join(channel.who for channel in self._channels if channel.takes(alert))
        messages = [wording.message(alert, place_in(zone, wording.language.code), told) for wording in self._wordings]
        return Announcement(alert, zone.name, told, messages)


def place_in(zone: Zone, language: str) -> Place:
    """What a message in a language says of a zone."""
    return Place(zone.names.get(language, zone.name), zone.shelter.get(language, ""))


def bound_channels(site: Site, mode: M) -> list[BoundChannel[M]]:
    """The site's channels of one mode; those of other modes cannot be reached from here."""
    return [
        BoundChannel(mode, channel.who or channel.id, channel.audience == "crew")
        for channel in site.channels
        if channel.mode == mode.name
    ]
