"""Files to records. One module for each format; `BUILTIN` lists them, in the order in which `fourline formats` shows them."""

from typing import Final

from parsers import call_log, diary, email_file, mailbox, photo, sms_backup, whatsapp
from parsers.contract import Parser

BUILTIN: Final[tuple[Parser, ...]] = (
    sms_backup,
    whatsapp,
    call_log,
    email_file,
    mailbox,
    photo,
    diary,
)
