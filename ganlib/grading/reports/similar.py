"""Which hand-ins are more alike than those of a class usually are.

The answers' code is cut into runs of K tokens, in which names and literals count alike, so that
renaming hides nothing. Of every WINDOW runs in a row one is kept, that of the least hash
("winnowing"): two answers with K + WINDOW - 1 tokens in common have a kept run in common, too.

    S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document
    Fingerprinting", SIGMOD 2003, sections 2 and 3.

Short exercises have short answers, and right answers look alike. So what was given out does not
count, nor does what many have written; what remains counts the more the fewer have it, by
log(n / have it), in nats. It is a place to look and not a verdict.
"""

import io
import keyword
import math
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

__all__ = ["NOT_A_VERDICT", "Pair", "fingerprints", "similar", "tokens"]

K = 8  # tokens in a run: shorter ones are idioms that everyone writes
WINDOW = 4
MANY = 50  # hand-ins with the same run: then it is no one's own, however large the class is
NATS = 20.0  # that a pair shares at least: less may be chance
SHARE = 0.5  # of the rare runs of the smaller hand-in, from which a pair is listed
NOT_A_VERDICT = "A place to look and not a verdict: short answers to one exercise look alike."
SILENT = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}

Print = tuple[str, int]  # the name of an answer's cell, and the hash of a run of tokens
Answers = Mapping[str, str]  # the code of each answer, by its cell


@dataclass(frozen=True)
class Pair:
    """Two hand-ins that share much of what few others have.

    ``share`` is the part, in nats, of the rare runs of that hand-in which has fewer that is also
    in the other; ``usual`` is the median share of all pairs; ``where`` are the cells.
    """

    students: tuple[str, str]
    share: float
    nats: float
    usual: float
    where: tuple[str, ...]

    def __str__(self) -> str:
        first, second = self.students
        return (
            f"{first} and {second}: {self.share:.0%} of what is rare in one is in the other "
            f"(usual: {self.usual:.0%}; {self.nats:.0f} nats; {', '.join(self.where)})"
        )


def tokens(source: str) -> list[str]:
    """The code's tokens; a name that is no attribute, a number and a text are one token each.

    What cannot be read as Python gives the tokens up to there.
    """
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in SILENT:
                continue
            found.append(_normal(token, after=found[-1] if found else ""))
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _normal(token: tokenize.TokenInfo, after: str) -> str:
    if token.type == tokenize.NAME:
        told = keyword.iskeyword(token.string) or after == "."
        return token.string if told else "name"
    return {tokenize.NUMBER: "0", tokenize.STRING: "''"}.get(token.type, token.string)


def fingerprints(source: str) -> set[int]:
    """The hashes that winnowing keeps of the code's runs of K tokens."""
    row = tokens(source)
    hashes = [crc32(" ".join(row[i : i + K]).encode()) for i in range(len(row) - K + 1)]
    last = max(1, len(hashes) - WINDOW + 1)
    return {min(hashes[i : i + WINDOW]) for i in range(last)} if hashes else set()


def similar(answers: Mapping[str, Answers], given: Answers) -> list[Pair]:
    """The pairs that are unusually alike, the most telling first.

    Args:
        answers: by student, the code of each answer.
        given: the same cells as they were given out.
    """
    prints = {student: _prints(mine) - _prints(given) for student, mine in answers.items()}
    holders: dict[Print, list[str]] = defaultdict(list)
    for student, mine in prints.items():
        for each in mine:
            holders[each].append(student)
    n = len(prints)
    rare = {each: who for each, who in holders.items() if len(who) <= _few(n)}
    nats = {each: math.log(n / len(who)) for each, who in rare.items()}
    own = dict.fromkeys(prints, 0.0)
    shared: dict[tuple[str, str], set[Print]] = defaultdict(set)
    for each, who in rare.items():
        for student in who:
            own[student] += nats[each]
        for pair in combinations(sorted(who), 2):
            shared[pair].add(each)
    weights = {pair: sum(nats[each] for each in both) for pair, both in shared.items()}
    shares = {pair: weights[pair] / min(own[pair[0]], own[pair[1]]) for pair in shared}
    usual = _median(list(shares.values()), n * (n - 1) // 2)
    found = [
        Pair(pair, share, weights[pair], usual, tuple(sorted({name for name, _ in shared[pair]})))
        for pair, share in shares.items()
        if share >= SHARE and weights[pair] >= NATS
    ]
    return sorted(found, key=lambda pair: -pair.nats)


def _few(n: int) -> int:
    """How many of n may have a run that is still rare: a tenth of a class, and groups of five."""
    return min(max(5, n // 10), MANY, n - 1)


def _prints(answers: Answers) -> set[Print]:
    return {(name, each) for name, source in answers.items() for each in fingerprints(source)}


def _median(shares: list[float], pairs: int) -> float:
    """Of all pairs: those that share nothing are not in the list."""
    place = pairs // 2 - (pairs - len(shares))
    return sorted(shares)[place] if place >= 0 and shares else 0.0


def lines(pairs: list[Pair]) -> Iterator[str]:
    """The pairs in words, and what they are worth."""
    for pair in pairs:
        yield str(pair)
    yield f"{len(pairs)} pairs are unusually alike. {NOT_A_VERDICT}"
