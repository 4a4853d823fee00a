"""`text.marks`: what a chat template leaves in the text, of families known and unknown."""

import pytest

from generator.llm.text.marks import without_marks

REPORT = (
    "# Kelp farming\n\nKelp farms grow quickly in cold water. They need no feed.\n\n## Limits\n\n"
    "The last word is sargassum."
)


@pytest.mark.parametrize(
    "after",
    [
        *("<|im_end|>", "<|eot_id|>", "</s>", "\n<end_of_turn>\n", "<｜end▁of▁sentence｜>"),
        *("<|endoftext|>", "<|return|>", "<eos>", "<|end_of_box|>", "<unused42>", "<|eom_id|>"),
        *("<EOS_TOKEN>", "<end>", "[END]", "\n[DONE]", "[/s]", "<sep>", "<seed:eos>"),
        *("[EOT]", "[e~[", "[END FINAL RESPONSE]"),
        *("<end▁of▁sentence>", "<[EOS_never_used_51bce0c7]>", "<|message_sep|>\n\nfunction call"),
        "[|endofturn|]\n[|user|]More?",
        "<extra_id_1>User\nMore?",
        "<|im_end|>\n<|im_start|>user\nAnd mussels?<|im_end|>\n<|im_start|>assistant\nMussels are.",
        "<|endoftext|>Human: what about mussels?",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nMore?",
        "<｜User｜>More?<｜Assistant｜>" + "Mussels are bivalves. " * 20,
        "<turn|>\n<|turn>user\nMore?",
        "<|user|>\nMore?<|assistant|>\nYes.",
        "</s> <s>[INST] More? [/INST] Yes.",
        "<|END_OF_TURN_TOKEN|><|USER_TOKEN|>More?",
        "<|new_family_end_of_turn|><|new_family_user|>More?",
        "\n\n### Human:\nMore?",
    ],
)
def test_a_run_on_turn_is_cut_at_its_mark(after: str) -> None:
    assert without_marks(REPORT + after).strip() == REPORT


@pytest.mark.parametrize(
    "before",
    [
        *(
            "[|assistant|]",
            "<[BOS_never_used_51bce0c7]>",
            "<|header_start|>assistant<|header_end|>\n",
        ),
        *("<|begin_of_box|>", "<bos>", "<s>", "[/INST] ", "<｜Assistant｜>", "<|CHATBOT_TOKEN|>"),
        "<|im_start|>assistant\n",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<start_of_turn>model\n",
        "<|turn>model\n",
        "[gMASK]<sop><|assistant|>\n",
        "<|im_start|>user\nWrite about kelp.<|im_end|>\n<|im_start|>assistant\n",
        "</s>",
    ],
)
def test_marks_before_the_answer_go(before: str) -> None:
    assert without_marks(before + REPORT).strip() == REPORT


@pytest.mark.parametrize(
    "text",
    [
        "The token <|endoftext|> separates documents.",
        "The token (<unk>) is for unknown words.",
        "`<|im_end|>` ends it.",
        "```\n<|im_start|>user\n```\nand more",
        "It costs <s>40</s> 30 dollars.",
        "In F#, x <| f |> y, and a <b> tag",
        "See [INST](https://example.org).",
        "## User research\n\nHuman: a word.",
    ],
)
def test_what_a_report_is_about_stays(text: str) -> None:
    assert without_marks(text) == text


def test_half_a_mark_goes_while_more_may_come() -> None:
    assert without_marks("It grows.<|im_e", complete=False) == "It grows."
    assert without_marks("It is <|im_e") == "It is <|im_e"


def test_a_word_before_the_report_is_not_taken_for_it() -> None:
    said = f"I will.<|im_end|>\n<|im_start|>assistant\n{REPORT}<|im_end|>"
    assert without_marks(said) == REPORT
