"""Files to records. One module for each format; `BUILTIN` lists them, in the order in which `fourline formats` shows them.

They are imported when they are asked for (`pipeline.registry`): a report of what has been read needs none of them.
"""

from typing import Final

BUILTIN: Final = (
    "sms_backup",
    "whatsapp",
    "call_log",
    "email_file",
    "mailbox",
    "photo",
    "photo_sidecar",
    "video",
    "google_location",
    "gpx",
    "kml",
    "owntracks",
    "location_table",
    "camera_events",
    "diary",
)
