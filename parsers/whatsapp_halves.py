"""The words for the two halves of the day, as phones write them beside a 12-hour clock: those of Unicode's CLDR (47), and some that older phones wrote. Not a parser.

    26/10/2025, 1:31 pm     ٢٦/١٠/٢٠٢٥, ١:٣١ م     2025-10-26, 1:31 nm.     26/10/2025, 1:31 yh     2025/10/26 下午1:31

A word that is not here makes a header that is not one: its message would become the end of the one before. What looks so is flagged (`whatsapp_survey`).
"""

from __future__ import annotations

import re
from typing import Final

_SP: Final = r"[^\S\n]"

_BEFORE_NOON: Final = (
    "vorm.|am Vormittag|in the morning|vm.|f.m.|fm.|f.h.|ap.|de.|dop.|do połedniŏ|prijepodne|prije podne|пре подне|прије подне|претпл.|пр.об.|дп|π.μ."
    "|priešpiet|priekšp.|priekšpusdienā|p.d.|e paradites|matin|mat.|moies|de la mañana|del matin|da manhã|r.n.|m|yb|atm|ÖÖ|BN|TO|ТО|АМ|go.öň|günortadan öň"
    "|тң|таңкы|ү.ө.|ᠦ᠂ ᠥ|ت د|چ.ب|چۈشتىن بۇرۇن|ب.ن|ق.ظ.|قبل‌ازظهر|پ.ظ.|پیش ز ظهر|غ.م|ع.م|صبح|صبح، منجهند|सुबुह जा|قبل دوپہر|ص|פֿאַרמיטאָג|ጥዋት|ቅ.ቀ."
    "|ቀደም ሰርምዕል|GH|WD|SF|Safiya|AN|ŋdi|FM|Fọ mọ́nin|N’ụtụtụ|Àárọ̀|Àárɔ̀|Sub|subaka|mesong|Hoseng|ntɔ́ngɔ́|Ekuseni|Asubuhi|पूर्वाह्न|म.पू.|भोर|सवेर|सबेरे|तडके"
    "|सकाळीं|sokallim|পূৰ্বাহ্ন|পূর্বাহ্ন|ਪੂ.ਦੁ.|પૂર્વાહ્ન|முற்பகல்|ಪೂರ್ವಾಹ್ನ|පෙ.ව.|ก่อนเที่ยง|ກ່ອນທ່ຽງ|နံနက်|တၸ.|སྔ་དྲོ་|སྔ་ཆ་|PG|SA|banhaet|凌晨|清晨|早上|上午|上晝|上昼"
    "|午前|오전"
)
_AFTER_NOON: Final = (
    "nachm.|nam.|am Namittag|in the afternoon|nm.|e.m.|em.|e.h.|ip.|du.|odp.|pop.|po połedniu|popodne|po podne|поподне|по подне|послије подне|попл.|сл.об."
    "|пп|μ.μ.|popiet|pēcp.|pēcpusdienā|m.d.|e pasdites|soir|nomëttes|de la tarde|de sira|da tarde|i.n.|f|yh|ptm|G.M.|ÖS|PN|TK|ТК|ПМ|go.soň|günortadan soň"
    "|тк|түштөн кийинки|ү.х.|ᠦ᠂ ᠬᠣ|ت ك|چ.ك|چۈشتىن كېيىن|د.ن|ب.ظ.|بعدازظهر|بعد ز ظهر|غ.و.|شام|منجهند، شام|शाम जा|بعد دوپہر|م|נאָכמיטאָג|ከሰዓት|ድ.ቀ."
    "|ሓቆ ስርምዕል|GD|WB|YM|Yamma|ANW|ɣetrɔ|FI|Fọ ívnin|N’abalị|N’abali|Ọ̀sán|Ɔ̀sán|Ngo|kikiiɗe|thapama|mpókwa|Ntambama|Mchana|अपराह्न|म.उ.|सांझ|स’ञ|दपैहर बाद"
    "|सांम|सांजे|sanje|অপৰাহ্ন|অপরাহ্ন|ਬਾ.ਦੁ.|અપરાહ્ન|பிற்பகல்|ಅಪರಾಹ್ನ|ප.ව.|หลังเที่ยง|ຫຼັງທ່ຽງ|ညနေ|တလ.|ཕྱི་དྲོ་|ཕྱི་ཆ་|PTG|CH|banringzgvaq|下午|晚上|下晝|下昼"
    "|午後|오후"
)


def _pattern(words: str) -> str:
    """A pattern for each of the words, the longest first; full stops and spaces in them may be missing."""
    longest = sorted(words.split("|"), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\.", r"\.?").replace(r"\ ", f"{_SP}?") for word in longest)


_LATIN: Final = rf"{_SP}?\.?{_SP}?[Mm]\.?"
NOON: Final = "中午"
"""Noon: 11, 12 or 1 o'clock."""
HALF: Final = rf"[AaPp]{_LATIN}|(?i:{_pattern(f'{_BEFORE_NOON}|{_AFTER_NOON}')})|{NOON}"
"""A pattern for any of the words."""
LATIN: Final = re.compile(rf"[AaPp]{_LATIN}")
"""am, PM, a. m., p.m."""
AFTERNOON: Final = re.compile(rf"[Pp]{_LATIN}|(?i:{_pattern(_AFTER_NOON)})")
"""A word for the second half."""
