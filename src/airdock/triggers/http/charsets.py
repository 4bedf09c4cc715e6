"""Which character sets a content type may name."""

import codecs
import re

# Python has text codecs that compute (idna, punycode, unicode_escape); a caller must not choose those.
_PLAIN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|ascii|iso8859-\d+|cp\d+|mac-roman|koi8-[rtu]|big5(hkscs)?"
    r"|gb2312|gbk|gb18030|hz|euc_(jp|kr|jis_2004|jisx0213)|shift_jis(_2004|x0213)?|iso2022_(jp|kr)\w*|tis-620"
)


def codec(charset: str) -> str | None:
    """The name of Python's codec for a `charset`; UTF-8 for an empty text, None for one that is not accepted."""
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        return None
    return name if _PLAIN.fullmatch(name) else None
