"""Tells markup that someone meant from what a web page left behind: in doubt, it was meant and stays."""

import re

TAG = re.compile(r"<(?P<close>/?)(?P<name>p|div|span|P|DIV|SPAN)(?P<rest>\s[^<>]*)?>")
BREAK = re.compile(r"<(?:br|BR) ?/?>[ \t]*\n?")

# Words of a conversation that is about markup or code, or that works on the characters of a text.
_ABOUT = re.compile(
    r"\b(?:[xd]?html?5?|xml|xsl|css|svg|[jt]sx|php|jsp|asp|js|javascript|typescript|react|vue|angular|svelte"
    r"|jquery|bootstrap|ajax|dom|markup|markdown|tags?|web ?pages?|web ?forms?|front-?end|ui|entit(?:y|ies)"
    r"|line ?breaks?|(?:un)?escap\w+|(?:en|de)cod\w+|sanitiz\w+|pars(?:e|er|es|ed|ing)|scrap\w+|crawl\w*"
    r"|reg(?:ex\w*|ular expressions?)|codes?|coding|scripts?|snippets?|program\w*|syntax|render\w*|templates?"
    r"|strings?|python|sql|java|placeholders?|tokens?|plain text|extract\w*|remov\w+|strip\w*|clean\w*"
    r"|convert\w*|replac\w+|(?:re)?format\w*|código|etiquetas?|balises?|webseiten?|quelltext"
    r"|special characters?|ampersands?|white ?spaces?)\b"
    r"|网页|页面|前端|标签|标记|代码|转义|编程|函数|コード|タグ",
    re.IGNORECASE,
)
_OTHER_TAG = re.compile(
    r"</?(?!(?:br|p|div|span)\b)[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>|<>|<!|<\?", re.IGNORECASE
)
# What word processors and chat pages write into the tags of prose. Anything else was written by a programmer.
_OF_A_PAGE = re.compile(
    r"(?:\s+(?:style|dir|lang|align|data-[\w-]+)=\"[^\"{}]*\""
    r"|\s+class=\"[^\"{}]*\b(?:markdown|prose|notranslate|Mso\w+|ql-[\w-]+|gmail_\w+"
    r"|Apple-[\w-]+)\b[^\"{}]*\""
    r")*\s*"
)
_CODE = re.compile(
    r"`|~~~|=>|\)\s*[;{]\s*$|[{}]\s*$|=[^.!?\n]*;\s*$|[=+(,]\s*[\"'][^\"'\n]*[<&]|^[ \t]+<|\w\.\w+\(|\w\(\)"
    r"|^\s*(?:import|export|const|let|var|def|class|function|return|public|private|echo|print\w*|using"
    r"|namespace"
    r"|#include|SELECT|INSERT|UPDATE|DELETE|CREATE)\b[^.!?\n]*[({=;*<]",
    re.MULTILINE,
)
_SIGN = r"(?:</?\w+[^<>\n]*>|&#?\w+;)"
_NAMED = re.compile(
    rf"[\"'“‘(«「]\s*{_SIGN}\s*[\"'”’)»」]"  # noqa: RUF001 quotes of other languages
    r"|\b(?:an?|the|use[ds]?|using|with|by|add|insert|put|type|write|called|like|means?|and|or) "
    rf"(?!&(?:amp|quot|apos|#39|#x27);){_SIGN}(?: |[.,;:]|$)",
    re.IGNORECASE | re.MULTILINE,
)
# A page sets paragraphs apart; who writes on in the same line marks words with them.
_IN_A_LINE = re.compile(r"</(?:p|div)>[ \t]*[^\s<]|[^\s<>][ \t]*<(?:p|div)[\s>]", re.IGNORECASE)
_WRAPPED = re.compile(r"\s*<.*>\s*\Z", re.DOTALL)
_LONG = 12  # words: shorter texts between tags may be what was asked for


def is_about_markup(text: str) -> bool:
    """Whether the words outside of tags speak of markup, of code, or of the characters of a text."""
    return _ABOUT.search(TAG.sub(" ", text)) is not None


def is_meant(text: str) -> bool:
    """Whether a text is code or markup, or names a tag or an entity."""
    if _OTHER_TAG.search(text) or _CODE.search(text) or _NAMED.search(text):
        return True
    return any(
        tag["rest"] and not _OF_A_PAGE.fullmatch(tag["rest"].rstrip("/")) for tag in TAG.finditer(text)
    )


def marks_words(text: str) -> bool:
    """Whether tags mark words within a line, or stand around a short text as its answer.

    The class of a known page in one of them shows that the page left it.
    """
    if _IN_A_LINE.search(text):
        return True
    if _WRAPPED.match(text) is None or any("class=" in (tag["rest"] or "") for tag in TAG.finditer(text)):
        return False
    return len(TAG.sub(" ", BREAK.sub(" ", text)).split()) < _LONG
