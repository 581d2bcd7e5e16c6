"""Numbers that are written in words."""

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

NUMBER_WORDS = {word: number for number, word in enumerate(_ONES.split(), 1)}
NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
NUMBER_WORDS |= {
    f"{tens}-{one}": NUMBER_WORDS[tens] + NUMBER_WORDS[one]
    for tens in _TENS.split()
    for one in _ONES.split()[:9]
}
NUMBER_WORDS |= {"hundred": 100, "thousand": 1000}
