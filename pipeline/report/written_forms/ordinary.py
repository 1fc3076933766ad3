"""Words that are names as well, and words that tell nothing by themselves: what must not be taken for a secret wherever it stands.

A person called Will or May is not looked for in "will you" and "on 4 May". The list holds names whose use as a word is the commoner one in messages; a name such as
Harry or Penny, though in every dictionary, is a name nearly always.
"""

from __future__ import annotations

from typing import Final

GENERIC_PLACES: Final = frozenset(
    "home work school house flat office shop gym nursery college university church park station family other old new my his her the a our your place street road town "
    "village hospital surgery pub cafe library police court garage garden".split()
)
"""A place that is called by these alone ("my house") is not looked for by its name."""

TITLES: Final = frozenset(
    "mr mrs ms miss mx dr prof rev sir lady pc dc ds di dci sgt insp nurse sister the and of at from".split()
)
"""No part of a name."""

MONTHS: Final = frozenset(["march", "april", "may", "june", "august"])
"""Names that are months: with a number beside them, or after "in" or "since", they are no name."""

ALSO_WORDS: Final = frozenset(
    "art autumn baker bale ball banks bar barber bean bear beard bell berry best bill birch bird bishop black bloom bond bones booth branch brandy brick "
    "bridge bridges bright brown buck bull bush butcher call candy canny carry case cash castle chance chase child christmas church clay clear cliff "
    "close coffee colon cook cooper count court cover coward cross crow curry dance date dawn day deacon dear destiny diamond divine dot double dove "
    "down downing downs drew driver drum duck duff duke early east english eve fair faith fall farmer fee ferry field fields fish fisher fleet flood "
    "flowers foot ford forest foster fox frank free freely french fresh frost fry full fuller gamble gate gates gay glass glen gold golden good grace "
    "grand grant grass grave graves gray green grey grove guest gunning guy hall hammer hand happy hardy hasty head heath held hill hind hire hold "
    "holiday home honey hood hook hope hours house huff hull hunt hunter hurt index island ivory jade jet joy judge july key kind king kit knight lace "
    "lake lance land lane law lawn leach little lock london long lord love low lucid lucky mac magic main major mark marks marry mason masters meadows "
    "mean mercy merry messenger middle miles mill millet mills mist misty moody moon moor mount mountain munch new nice night noon north nurse oak oakes "
    "oaks olive opal orange order pace page paris park parks part patience peace peach peal pear peck peg pen pepper person petty pink pit place plain "
    "plant player pleasant plum pole pond pool poor post pot pound power powers precious price pride priest prince prior purse queen quick quill rail "
    "rails rain range rash read reader ready reason record rice rich ridge ring river rivers roads rock roll root rose row royal rue ruff rule rush sage "
    "saint sales salmon sands sandy savage school sea sears self senior shade sharp shed shine ship shore short side silk silver singer single skip "
    "slack slaughter small smart snow source south spark sparks speed spring stable stack stamp star stark state steed steel stern steward still stock "
    "stone stones stop store storm story stout strange street strong sue summer summers sun sunny supple sure swift swords table tailor timber time toms "
    "town treat tree trip true tuesday van victory vine wake wall walls ward ware warm waters way weaver week weeks well wells west wheat wheeler white "
    "whole wild will winder window windows wing winter winters wise wood woods word work worth writer yard young yule".split()
)
"""Names that are words as well: alone they are taken for the name only where they are written with a capital."""
