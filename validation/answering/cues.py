"""The words by which an answer says that it is the answer, in the languages that are read.

English, Spanish, Portuguese, French, German, Italian, Japanese, Chinese, Korean and Hebrew. A cue
is followed by a link (``is``, ``:``, ``は``) and then by the letter; between cue and link a few
words may stand ("the correct answer to this question is").
"""

from __future__ import annotations

import re
from functools import cache

CUE = (  # what is one answer
    r"(?:answer|response|conclusion|diagnosis|gabarito|respuesta|resposta|r[eé]ponse|antwort|risposta"
    r"|正解|正答|解答|回答|答え|答案|정답|답|ה?תשובה)(?![A-Za-zÀ-ÿ])"
)
PICK = (  # what is one of several, and no answer before it is said to be
    r"(?:option|choice|selection|letter|alternative|opci[oó]n|alternativa|elecci[oó]n|inciso"
    r"|op[cç][aã]o|letra|選択肢|选项|選項|ה?אפשרות)(?![A-Za-zÀ-ÿ])"
)
LINK = (
    r"(?:\b(?:is|are|would be|must be|should be|will be|es|son|ser[ií]a|[eé]|s[aã]o|seria|est|ist|"
    r"è|be|to be|was)\b|[:：=＝]|は、?|が、?|为|為|是|은|는|(?<!\w)(?:היא|הינה|הוא)(?!\w))"
)
NOUN = (
    r"(?:option|choice|letter|answer|alternative|opci[oó]n|letra|alternativa|op[cç][aã]o|inciso|"
    r"literal|item|therefore|thus|hence|then|likely|"
    r"probably|most likely|clearly|definitely|"
    r"[ií]tem|the|la|a|o|el|le|lettre|選択肢|选项|選項|אפשרות|תשובה|סעיף)"
)
RIGHT = (
    r"(?:the\s+)?(?:correct|right|true|best|most likely|most appropriate)"
    r"(?:\s+(?:answer|option|choice|one))?|the answer|la (?:respuesta|opci[oó]n|alternativa)|"
    r"la correcta|correct[ao]|a (?:resposta|op[cç][aã]o|alternativa)"
)
IS = r"(?:is|es|é|seems|appears to be|would be|should be|must be)"
OPEN = r"[(（\[「『\"'“‘*_`<{]*"
SHUT = r"[)）\]」』\"'”’*_`>}]*"
REFUSAL = re.compile(
    r"\b(?:i|we)\s*(?:['’]m| am| are)?\s*(?:really\s+|very\s+)?(?:sorry|unable|not able|cannot|"
    r"can['’]?t|can not|do not have|don['’]?t have|need (?:the|more|to see)|require)|"
    r"\bas an ai\b|\bunable to\b|\bcannot (?:be determined|determine|answer|provide|identify|see|"
    r"view|tell|say)|\bcan['’]?t (?:determine|answer|provide|identify|see|view|tell)|"
    r"\b(?:not possible|impossible) to\b|\bplease (?:provide|upload|share)\b|"
    r"\bfailed to obtain\b|\bno puedo\b|\bno es posible\b|\blo siento\b|\bno se puede\b|"
    r"\bnão (?:posso|é possível|consigo)\b|\bdesculpe|\bsinto muito|"
    r"できません|できない|申し訳|すみません|画像が|无法|無法|抱歉|죄송|없습니다|"
    r"לא ניתן|לא יכול|אין באפשרותי|מצטער|אי אפשר|איני יכול|אינני יכול",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|isn't|incorrect|wrong|unlikely|exclude[sd]?|excluding|"
    r"rule[sd]? out|rather than|instead of|less likely|without|nunca|ni|não|nem|sin|sem|descart\w+|"
    r"incorrect\w+|pas)\b|n['’]t\b|ではない|ではなく|でない|ありません|不是|לא|אינ",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\b(?:if|unless|whether)\b", re.IGNORECASE)
AFTER = r"(?![\w'’\-+^²₂])"


STEMS = {  # the beginnings of cues, in lower case
    "answer": (
        "answer", "response", "conclusion", "diagnosis", "gabarito", "respuesta", "resposta",
        "réponse", "reponse", "antwort", "risposta", "正解", "正答", "解答", "回答", "答え", "答案",
        "정답", "답", "תשובה",
    ),
    "pick": (
        "option", "choice", "selection", "letter", "alternativ", "opción", "opcion", "elección",
        "eleccion", "inciso", "opção", "opcao", "letra", "選択肢", "选项", "選項", "אפשרות",
    ),
    "choose": ("choose", "select", "go with", "pick", "elijo", "escolho"),
}  # fmt: skip
RIGHT_BEFORE = re.compile(rf"(?:{RIGHT})\s+$", re.IGNORECASE)


@cache
def statements(letters: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    """What is stated behind a cue, by its kind in `STEMS`; group 1 is where the letter stands."""
    one = f"([{letters}{letters.lower()}])"
    upper = f"([{letters}])"
    hop = r"[^.。!?\n:：]{0,60}?"
    nouns = rf"(?:(?i:{NOUN})\s+|(?:選択肢|选项|選項)\s*){{0,2}}"
    same = r"[ \t]*"
    end = rf"{SHUT}{AFTER}"
    firm = rf"(?i:{CUE}|{PICK}){hop}(?i:{LINK}):?\s*{nouns}{OPEN}\s*{upper}{end}"
    short = (
        rf"(?i:{CUE}|{PICK}){same}(?i:{LINK}){same}{nouns}{OPEN}{same}{one}{SHUT}"
        rf"(?={same}(?:[.)。,]|$))"
    )
    last = rf"(?i:answer|respuesta|resposta)\s+{OPEN}{upper}{SHUT}{same}(?:[.]?{same}$)"
    picked = rf"(?i:{PICK}){hop}(?i:{LINK})(?<![:：=＝]){same}{nouns}{OPEN}{same}{upper}{end}"
    chosen = rf"(?i:choose|select|go with|pick|elijo|escolho)\s+{nouns}{OPEN}{upper}{end}"
    kinds = {"answer": (firm, short, last), "pick": (picked, short), "choose": (chosen,)}
    return {
        kind: tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)
        for kind, patterns in kinds.items()
    }


@cache
def praises(letters: str) -> tuple[re.Pattern[str], ...]:
    """What calls an option right, also in passing; group 1 is where the letter stands."""
    upper = f"([{letters}])"
    compiled = [
        rf"(?:^|[\s(\"「]){OPEN}{upper}{SHUT}[.)]?[ ]+(?i:{IS})[ ]+(?i:{RIGHT})",
        rf"(?i:{PICK})[ ]+{OPEN}{upper}{SHUT}[:.)]?[ ][^.\n]{{0,200}}?(?i:\b{IS}[ ]+(?:{RIGHT}))",
        rf"{OPEN}{upper}{SHUT}[ ]*(?:が|は)[ ]*(?:正解|正しい|正答|最も適切|適切)",
    ]
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in compiled)


@cache
def structured(letters: str) -> tuple[re.Pattern[str], ...]:
    r"""Answers in a frame: ``\boxed{C}``, JSON, XML."""
    one = f"([{letters}{letters.lower()}])"
    inner = rf"[\s(\[\"'*]*{one}(?![\w'’])"
    return (
        re.compile(rf"\\boxed\s*\{{\s*(?:\\(?:text|mathrm|textbf|mathbf)\s*\{{)?{inner}"),
        re.compile(
            rf"[\"'](?:final_?\s?|correct_?\s?)?(?:answer|choice|option|letter|prediction)[\"']\s*:\s*[\"']?{inner}",
            re.IGNORECASE,
        ),
        re.compile(rf"<(?:final_?)?answer>{inner}", re.IGNORECASE),
    )
