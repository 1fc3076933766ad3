"""Files to records. One module for each format; `BUILTIN` lists them, in the order in which `fourline formats` shows them."""

from typing import Final

from parsers import (
    call_log,
    camera_events,
    diary,
    email_file,
    google_location,
    gpx,
    kml,
    location_table,
    mailbox,
    owntracks,
    photo,
    photo_sidecar,
    sms_backup,
    video,
    whatsapp,
)
from parsers.contract import Parser

BUILTIN: Final[tuple[Parser, ...]] = (
    sms_backup,
    whatsapp,
    call_log,
    email_file,
    mailbox,
    photo,
    photo_sidecar,
    video,
    google_location,
    gpx,
    kml,
    owntracks,
    location_table,
    camera_events,
    diary,
)
