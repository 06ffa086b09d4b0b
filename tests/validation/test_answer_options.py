"""Option letters read from free text: what is said is read, what is not said is never guessed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from validation.answering.options import read_options
from validation.answering.yes_no import read_yes_no

DATA = Path(__file__).parents[2] / "demo/data/worldmedqa_v"
CHOICES = [
    "Ventricular tachycardia",
    "Ventricular fibrillation",
    "Atrial fibrillation",
    "Asystole",
]

SAID = {
    "D.": "D",
    "(D)": "D",
    "**D**": "D",
    "d": "D",
    "b)": "B",
    "b) Ventricular fibrillation": "B",
    "Ｃ": "C",
    "Answer: D": "D",
    "answer: d.": "D",
    "The correct answer is option (D) because of the rhythm.": "D",
    "The correct answer is **A. Improvement of prognosis**.": "A",
    "D. Ventricular tachycardia, which may respond to shock": "D",
    "resposta: B": "B",
    "A resposta correta é a letra C.": "C",
    "La respuesta correcta es C": "C",
    "La opción correcta es la B, por la edad.": "B",
    "正解はBです": "B",
    "したがって、正しい選択肢は C. 頭部MRA です。": "C",
    "התשובה הנכונה היא C": "C",
    "答案是D。": "D",
    "$\\boxed{C}$": "C",
    "So \\boxed{\\text{B}}": "B",
    '{"reasoning": "A is unlikely", "answer": "C"}': "C",
    "<answer>B</answer>": "B",
    "A is tempting and B is common.\nFinal answer: C": "C",
    "The answer is A. On reflection, the correct answer is B.": "B",
    "I cannot see the image, but the correct answer is B.": "B",
    "The most likely diagnosis is:\n\nD. Asystole\n\nIt has no pulse.": "D",
    "consistent with **D. Subacute thyroiditis**. \n\nHere is why": "D",
    "Option B is the correct answer.": "B",
    "Option C": "C",
    "choice (d)": "D",
    "C because of the rhythm": "C",
    "A. One is wrong. The answer is therefore B.": "B",
    "The answer is C, not A.": "C",
    "The correct answer is:\n\nC. Yes\n\nOther options:\nA. No\nB. No\nD. No": "C",
}
UNSAID = {
    "": "empty",
    "   \n": "empty",
    "I": "letter-outside-options",
    "U": "letter-outside-options",
    "P": "letter-outside-options",
    "E.": "letter-outside-options",
    "A patient with chest pain needs an ECG": "no-letter",
    "A 63-year-old man with dyspnoea": "no-letter",
    "The answer is A patient with fever": "no-letter",
    "As an AI I cannot give medical advice": "refusal",
    "I'm sorry, but I cannot interpret images. Diagnosis: A doctor must see it.": "refusal",
    "No puedo ver la imagen.": "refusal",
    "画像を確認できません。": "refusal",
    "A or B": "several-letters",
    "The answer is A or B": "several-letters",
    "The correct answer is A/C": "several-letters",
    "AまたはDが正しい可能性が高いです。": "no-letter",
    "The patient has hepatitis B and takes vitamin C": "no-letter",
    "hepatitis B.": "no-letter",
    "It could be A. However B.": "several-letters",
    "Option E": "letter-outside-options",
    "A. One\nB. Two\nC. Three\nD. Four": "several-letters",
    "The answer is not B.": "no-letter",
    "If it is painful, option D is correct.": "no-letter",
    "Here are the options:\n\nA. One\nB. Two\nC. Three\nD. Four\nI cannot say.": "refusal",
}


@pytest.mark.parametrize(("text", "letter"), SAID.items())
def test_a_letter_that_is_said_is_read(text: str, letter: str) -> None:
    """In the forms and languages that models answer in."""
    assert read_options([text], "ABCD").letter.tolist() == [letter]


@pytest.mark.parametrize(("text", "reason"), UNSAID.items())
def test_a_letter_that_is_not_said_is_not_read(text: str, reason: str) -> None:
    """Articles, pronouns, refusals, lists and conditions are unparsable, with the reason."""
    found = read_options([text], "ABCD")
    assert (found.letter[0], found.way[0]) == ("", reason)


def test_the_words_of_one_option_stand_for_its_letter() -> None:
    """Only when they are of one option alone, and are not denied."""
    texts = [
        "Atrial fibrillation",
        "The rhythm is ventricular fibrillation.",
        "This is not asystole.",
        "Atrial fibrillation or asystole",
        "Ventricular",
    ]
    found = read_options(texts, "ABCD", choices=[CHOICES] * len(texts))
    assert found.letter.tolist() == ["C", "B", "", "", ""]


def test_a_shorter_option_within_a_longer_one_is_not_two() -> None:
    """The longer one was said."""
    choices = [["CT", "CT of the chest with contrast", "chest", "MRI"]]
    found = read_options(["CT of the chest with contrast"], "ABCD", choices=choices)
    assert found.letter.tolist() == ["B"]


def test_a_column_of_letters_knows_nothing_but_letters() -> None:
    """As published tables compare an extracted letter with the key."""
    found = read_options(["A", " b ", "D. Brain atrophy", "I", None], "ABCD", reading="letter")
    assert found.letter.tolist() == ["A", "B", "", "", ""]
    assert found.reasons() == {"empty": 1, "letter-outside-options": 1, "not-a-letter": 1}


def test_letters_are_checked() -> None:
    """Two or more, each once."""
    for letters in ("A", "AAB", "A1", ""):
        with pytest.raises(ValueError, match="options are two letters"):
            read_options(["A"], letters)
    with pytest.raises(ValueError, match="unknown reading"):
        read_options(["A"], "AB", reading="guess")


def test_letters_agree_with_those_that_the_authors_took_from_the_same_texts() -> None:
    """Free-text answers of GPT-4o and Gemini Flash, and their judge's letter: above 99 %.

    Over all 23,856 answers it is 99.75 %; a third of them, drawn at even steps, keeps this quick.
    """
    table = pd.read_csv(DATA / "responses.csv.gz", dtype=str, keep_default_na=False)
    told = table[table.response.str.len() > 3].iloc[::4]
    letter = read_options(told.response.tolist(), "ABCD").letter
    both = told.extracted.isin(list("ABCD")).to_numpy() & (letter != "")
    same = letter == told.extracted.to_numpy()
    assert both.sum() > 1500
    assert same[both].mean() > 0.99


YES_NO = {
    "Yes": "yes",
    "no.": "no",
    "Yes, there is a fracture.": "yes",
    "yes there is": "yes",
    "No, the lungs are clear": "no",
    "**No**": "no",
    "Answer: yes": "yes",
    "The answer is no.": "no",
    "Sí, hay una fractura": "yes",
    "Não.": "no",
    "はい、あります": "yes",
    "いいえ": "no",
    "כן": "yes",
    '{"answer": "no"}': "no",
    "cannot determine": "",
    "": "",
    "yes or no": "",
    "Yes and no": "",
    "No image was provided": "",
    "There may be a fracture": "",
    "Now": "",
    "none": "",
    "Yesterday": "",
}


@pytest.mark.parametrize(("text", "said"), YES_NO.items())
def test_yes_and_no_are_read_and_never_guessed(text: str, said: str) -> None:
    """The first word or an explicit statement; else unparsable."""
    assert read_yes_no([text]).letter.tolist() == [said]
