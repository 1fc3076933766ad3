"""A safe and fast walk over an XML file of records, which loses none that is whole: the reader under the XML formats. Not a parser.

expat reads, in the standard library; a DTD, an entity declaration and anything external is refused (`Unreadable`): no export of a phone has one, and
they are how an XML file attacks its reader. `parsers.xml_text` has made the characters fit beforehand.

**Where the file is broken** (cut off, half overwritten, an unescaped `&`), expat stops. The walk then reads the failing piece again, one record at a
time: each broken one becomes one `Break` with its place, and reading goes on at the next start tag of a record, under a root of our own. A record that
begins inside another is taken as the sign that the first was never closed. A file that ends too early is one `Break` at what was cut.

**The usual shape.** Most elements of a large file look alike to the letter. A caller may give a short way to read those (`parsers.xml_usual`); what it
takes, where expat stands between two records with nothing half read, is given in runs instead of `Element`s, and expat never sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn, TypeAlias
from xml.parsers import expat

from parsers.contract import Source, Unreadable
from parsers.xml_characters import Repairs
from parsers.xml_text import Chunk, Original, XmlText
from parsers.xml_usual import Matches, Rows, Usual

_DEEPEST = 64
_PATIENCE = 1 << 25
"""How many characters may stand between two places where no record is open; also what all searches for such a place may cost."""
_SMALL, _LARGE = 1 << 12, 1 << 20
"""How much is given to expat at once: right after a break, and as a rule."""
_RENEWED = 1 << 30
"""expat counts bytes in 32 bits on Windows: another one takes over before they are full."""
_CLOSED_BY = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_TAG = re.compile(r"<(/?)([A-Za-z_][A-Za-z0-9_.:-]*)(?=[\s/>])([^<>]*)")


@dataclass(slots=True)
class Element:
    """A record, or an element in one: names and values as XML means them (references resolved, white space in values normalised)."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The characters directly in it."""
        return "".join(self.pieces)


class Break(NamedTuple):
    """A piece of the file that could not be read. `name`: the record that starts it, "" if none; `place`: "line 136, byte 26798"; `raw`: its beginning."""

    name: str
    place: str
    reason: str
    raw: str


Item: TypeAlias = Element | Break | Rows | Matches
"""`Rows` and `Matches` are runs of elements of the usual shape."""


class _Fault(Exception):  # noqa: N818 -- caught in this file
    """Well-formed XML that is not a list of records."""


class Walk:
    """One pass over an XML file whose records are the elements named in `records`.

    After it, `root` and `attributes` are those of the root ("" if it could not be read), `text` has the repairs, and `goes_on` says that records followed
    the end of the root. Elements that are no records are breaks, unless `others`: then they may stand around records, and what they hold is not read.
    Without `texts` the characters within records are not kept.

    A `piece` (number, of how many) is walked as if all before it were whole and only the root were open. Whether that was so shows where the piece before
    it ends: in `around`, with no `Break`. A file not in UTF-8 has no pieces (`divisible`).
    """

    def __init__(
        self,
        source: Source,
        records: frozenset[str],
        *,
        usual: Usual | None = None,
        excised: str = "",
        others: bool = False,
        texts: bool = True,
        piece: tuple[int, int] = (0, 1),
    ) -> None:
        self.text = XmlText(source, records, excised, piece)
        self.root = ""
        self.attributes: dict[str, str] = {}
        self.goes_on = False
        self._records = records
        self._others = others
        self._texts = texts
        self._usual = usual
        self._start = re.compile(rf"<({'|'.join(map(re.escape, sorted(records)))})(?=[\s/>])")
        self._original = Original(self.text.open)
        self._chunk = Chunk("", 0)
        self._counted = -1  # up to where in the chunk `_original` has come
        self._settled = 0  # all before it in the chunk has been given out
        self._fed = 0  # all before it in the chunk has been given to expat
        self._next_usual = -1  # where in the chunk the usual shape is tried next; not known if it is behind us
        self._around: tuple[str, ...] = ()  # the elements open at the settled place
        self._closed = False  # the root was closed before the settled place
        self._cut_off = False
        self._unclosed: set[str] = set()  # ends that the rest of the chunk does not have
        self._patience = _PATIENCE
        self._stride = _LARGE
        if self.text.begin:
            self._around = self._root_of(source)
            self.root = "".join(self._around)
        self._expat = self._parser(self._around)

    @property
    def around(self) -> tuple[str, ...]:
        """The elements that are open where the walk has come to, between two records; () also if a record is."""
        return self._around if self._settled == len(self._chunk.text) else ()

    @property
    def divisible(self) -> bool:
        """Whether this piece can be read by itself, as far as its beginning tells."""
        return self.text.codec == "utf-8" and (not self.text.begin or len(self._around) == 1)

    def _root_of(self, source: Source) -> tuple[str, ...]:
        """The root, by the head of the file, or () if no record starts in it."""
        head = self.text.repairs.text(source.head)
        self.text.repairs = Repairs()
        first = self._start.search(head)
        parser = self._parser(())
        return tuple(parser.around) if first and parser.feed(head[: first.start()]) else ()

    def __iter__(self) -> Iterator[Item]:
        try:
            for chunk in self.text.chunks():
                self._append(chunk)
                yield from self._read()
            end = len(self._chunk.text)
            if self._settled < end:
                yield from self._read_singly(end, final=True)
            if not self._closed and not self._cut_off and self.text.end is None:
                yield self._break(end, end, "the file ends here without its closing tag: it was cut off", named=False)
        finally:
            self._original.close()

    def _append(self, chunk: Chunk) -> None:
        """The next chunk, behind what is not settled of the last one (as a rule nothing)."""
        text, settled = self._chunk.text, self._settled
        self._cut_off = False
        self._unclosed.clear()
        if settled < len(text):
            self._locate(settled)
            self._chunk = Chunk(text[settled:] + chunk.text, self._original.byte)
            self._counted, self._fed = 0, len(text) - settled
        else:
            self._chunk, self._counted, self._fed = chunk, -1, 0
        self._settled = 0

    def _read(self) -> Iterator[Item]:
        """The chunk: elements of the usual shape by the short way, what stands between them by expat, in large pieces."""
        text = self._chunk.text
        self._next_usual = -1
        while self._fed < len(text):
            between = self._fed == self._settled and bool(self._around)
            if between and self._next_usual <= self._fed:
                yield from self._read_usual()
                if self._fed == len(text):
                    break
            # In ever larger pieces: expat goes over all of an open comment again for each. Before the root is open, as far as the first record only.
            ahead = max(self._stride if self._around else 1, self._fed - self._settled)
            end = self._next_start(self._fed + ahead)
            if between and self._fed < self._next_usual < end:
                end = self._next_usual
            sound = self._expat.feed(text[self._fed : end])
            self._fed = end
            if sound and self._expat.between:
                self._stride = min(self._stride * 2, _LARGE)
                yield from self._settle()
            elif not sound or self._fed - self._settled > self._patience:
                self._stride = _SMALL
                yield from self._read_singly(self._fed, final=False)

    def _read_usual(self) -> Iterator[Item]:
        """The elements of the usual shape that follow one another from here, some at a time."""
        text = self._chunk.text
        self._next_usual = len(text)
        while self._usual and self._fed < len(text):
            taken, end = self._usual.take(text, self._fed)
            if taken is None:
                self._next_usual = self._usual.next(text, self._fed)
                return
            self._fed = self._settled = end
            yield taken

    def _read_singly(self, until: int, *, final: bool) -> Iterator[Item]:
        """What is not settled up to `until`, once more and record by record: something in it is broken."""
        text = self._chunk.text
        while self._settled < until:
            begin = self._settled
            if self._closed:
                self.goes_on, self._closed, self._around = True, False, (self.root,)
            self._expat = self._parser(self._around)
            before = self._expat.fed
            second = self._fed = self._next_start(begin + 1)
            sound = self._expat.feed(text[begin:second])
            whole = len(self._expat.done)
            # Perhaps a comment with records in it: as far as it is closed.
            while sound and not self._expat.between and self._fed < len(text) and self._fed - begin <= self._patience:
                end = self._next_start(self._behind(begin))
                sound = self._expat.feed(text[self._fed : end])
                self._fed = end
            if sound and self._expat.between:
                yield from self._settle()
                continue
            if sound and self._fed == len(text) and not final:
                return
            yield from self._expat.done[:whole]
            at = begin
            if whole and self._fed == second:  # what is broken comes after a whole record
                reached = text[begin:second].encode()[: self._expat.index - before].decode("utf-8", "ignore")
                at = max(text.rfind("<", begin, min(begin + len(reached) + 1, second)), begin)
            yield self._break(at, second, self._expat.fault or "it is not closed before the file ends", named=not whole)
            if not self._around:
                opened = self._left_open(begin, second)
                self._around = tuple(opened if self._others else opened[:1]) or ("root",)
            self._cut_off = second == len(text)
            self._patience = max(0, self._patience - (self._fed - second))
            self._settled = self._fed = second
            self._expat = self._parser(self._around)

    def _left_open(self, begin: int, end: int) -> list[str]:
        """The elements that are no records and are open at `end`, as far as they can be told where something before it is broken."""
        opened: list[str] = []
        for tag in _TAG.finditer(self._chunk.text, begin, end):
            if tag[1]:
                del opened[opened.index(tag[2]) if tag[2] in opened else len(opened) :]
            elif tag[2] not in self._records and not tag[3].endswith("/"):
                opened.append(tag[2])
        return opened

    def _behind(self, begin: int) -> int:
        """The end of the comment or CDATA section that is open at `_fed`; if it has none here, or something else is open, as much again as was read."""
        text = self._chunk.text
        opened, closing = max((text.rfind(start, begin, self._fed), end) for start, end in _CLOSED_BY)
        if opened >= 0 and closing not in self._unclosed:
            end = text.find(closing, self._fed)
            if end >= 0:
                return end
            self._unclosed.add(closing)
        return self._fed + self._fed - begin

    def _parser(self, around: tuple[str, ...]) -> _Expat:
        return _Expat(self._records, around, others=self._others, texts=self._texts)

    def _settle(self) -> Iterator[Element]:
        yield from self._expat.done
        self._expat.done.clear()
        self._settled = self._fed
        self._around, self._closed, self._cut_off = tuple(self._expat.around), self._expat.closed, False
        if self._expat.root and not self.root:
            self.root, self.attributes = self._expat.root, self._expat.attributes
        if self._expat.fed > _RENEWED and self._around:
            self._expat = self._parser(self._around)

    def _next_start(self, position: int) -> int:
        """Where the next record starts, or the end of the chunk."""
        found = self._start.search(self._chunk.text, position)
        return found.start() if found else len(self._chunk.text)

    def _locate(self, position: int) -> None:
        """Brings `_original` to a place of the chunk, by counting the `<` up to it. The place must be one of them, or an end."""
        if self._counted < 0:
            self._original.go(self._chunk.offset)
            self._counted = 0
        if position > self._counted:
            self._original.skip_tags(self._chunk.text.count("<", self._counted, position))
            self._counted = position

    def _break(self, begin: int, end: int, fault: str, *, named: bool) -> Break:
        self._locate(begin)
        text, original = self._chunk.text, self._original
        name = self._start.match(text, begin) if named else None
        place = f"line {original.line}, byte {original.byte}" + (
            "" if self.text.codec == "utf-8" else " of its text as UTF-8"
        )
        return Break(
            name[1] if name else "",
            place,
            fault,
            original.show(text.count("<", begin, end)).rstrip() if begin < end else "",
        )


class _Expat:
    """expat with our limits. `around` are the names of elements to be open from the start."""

    def __init__(self, records: frozenset[str], around: tuple[str, ...], *, others: bool, texts: bool) -> None:
        self.done: list[Element] = []
        self.around: list[str] = []
        self.root = ""
        self.attributes: dict[str, str] = {}
        self.closed = False
        self.fault = ""
        self.fed = 0
        self._records = records
        self._others = others
        self._texts = texts
        self._open: list[Element] = []  # a record and what is open in it
        self._cdata = False
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler = self._cdata_starts
        parser.EndCdataSectionHandler = self._cdata_ends
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.UnparsedEntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        self._parser = parser
        if around:
            self.feed("".join(f"<{name}>" for name in around))
            self.root = ""

    @property
    def index(self) -> int:
        """How many of the bytes fed have been understood; after a fault, up to where."""
        return self._parser.CurrentByteIndex

    @property
    def between(self) -> bool:
        """Whether all that was fed is understood and no record is open."""
        if self.closed:
            return not self.fault
        return bool(self.around) and not self._open and not self._cdata and self.index == self.fed

    def feed(self, text: str) -> bool:
        data = text.encode()
        self.fed += len(data)
        try:
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            words = expat.ErrorString(error.code).removeprefix("not well-formed ").strip("()")
            self.fault = f"it is not well-formed XML ({words})"
        except _Fault as fault:
            self.fault = str(fault)
        return not self.fault

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) + len(self.around) >= _DEEPEST:
            raise _Fault(f"elements are nested more than {_DEEPEST} deep")
        if name in self._records and self.around:
            if self._open:
                raise _Fault("it is not closed before the next record begins")
            self._open.append(Element(name, attributes))
            if not self._texts:
                self._parser.CharacterDataHandler = None
        elif self._open:
            element = Element(name, attributes)
            self._open[-1].children.append(element)
            self._open.append(element)
        elif not self.around:
            self.around.append(name)
            self.root, self.attributes = name, attributes
        elif self._others:
            self.around.append(name)
        else:
            raise _Fault(f"there is an element <{name}>, which is not known here")

    def _end(self, _name: str) -> None:
        if len(self._open) > 1:
            self._open.pop()
        elif self._open:
            self.done.append(self._open.pop())
            if not self._texts:
                self._parser.CharacterDataHandler = self._characters
        else:
            self.around.pop()
            self.closed = not self.around

    def _characters(self, data: str) -> None:
        if self._open:
            self._open[-1].pieces.append(data)
        elif not self._others and not data.isspace():
            raise _Fault("there is text that belongs to no record")

    def _cdata_starts(self) -> None:
        self._cdata = True

    def _cdata_ends(self) -> None:
        self._cdata = False


def _refuse(*_: object) -> NoReturn:
    raise Unreadable(
        "This XML file declares its own document type or entities (DTD). No export does so, and it can be used to attack the program that reads it, so the"
        " file was not read. Export it again from the phone."
    )
