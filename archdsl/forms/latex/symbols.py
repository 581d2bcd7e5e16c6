"""What macros of LaTeX mean in a table's cell."""

from archdsl.light import Final


def _words(text: str) -> list[str]:
    return text.split()


_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
)

# Macro -> the characters that it stands for.
SYMBOLS: Final[dict[str, str]] = {
    **{name: name for name in _words(_GREEK)},
    **{f"var{name}": name for name in ("epsilon", "theta", "pi", "rho", "sigma", "phi")},
    **dict.fromkeys(("times", "texttimes", "bigtimes"), "×"),
    **dict.fromkeys(("checkmark", "cmark", "surd", "tick", "Checkmark", "CheckmarkBold"), "yes"),
    **dict.fromkeys(("xmark", "XSolidBrush"), "no"),
    **dict.fromkeys(("rightarrow", "to", "longrightarrow", "Rightarrow", "textrightarrow"), "→"),
    **dict.fromkeys(("leftarrow", "gets", "longleftarrow", "Leftarrow", "textleftarrow"), "←"),
    **dict.fromkeys(("dots", "ldots", "cdots", "vdots", "dotsc", "dotsb", "ddots", "textellipsis"), "..."),
    **dict.fromkeys(("cdot", "cdotp", "centerdot", "textperiodcentered"), "·"),
    **dict.fromkeys(("ast", "star", "textasteriskcentered"), "*"),
    "lbrack": "[",
    "rbrack": "]",
    **dict.fromkeys(("lbrace", "textbraceleft"), "{"),
    **dict.fromkeys(("rbrace", "textbraceright"), "}"),
    **dict.fromkeys(
        (
            "quad",
            "qquad",
            "enspace",
            "enskip",
            "thinspace",
            "space",
            "hfill",
            "hfil",
            "nobreakspace",
            "par",
            "xspace",
        ),
        " ",
    ),
    **dict.fromkeys(("textbackslash", "backslash"), "\\"),
    **dict.fromkeys(("leq", "le", "leqslant"), "<="),
    **dict.fromkeys(("geq", "ge", "geqslant"), ">="),
    **dict.fromkeys(("dag", "dagger", "textdagger"), "†"),
    **dict.fromkeys(("ddag", "ddagger", "textdaggerdbl", "S", "P"), "‡"),
    **dict.fromkeys(("textendash", "textemdash"), "-"),
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lceil": "⌈",
    "rceil": "⌉",
    "downarrow": "↓",
    "uparrow": "↑",
    "sim": "~",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textunderscore": "_",
    "approx": "~",
    "pm": "±",
    "div": "/",
    "slash": "/",
    **dict.fromkeys(("textquotedbl", "textquotedblleft", "textquotedblright"), '"'),
    "mid": "|",
    "vert": "|",
    "colon": ":",
    "infty": "inf",
    "ell": "l",
    **{"ss": "ß", "ae": "æ", "oe": "œ", "aa": "å", "o": "ø", "l": "ł"},
    **{"kilo": "K", "mega": "M", "giga": "G"},
    "neq": "!=",
    # A backslash before a character that has a meaning of its own.
    **{char: char for char in "_#%&${}|*"},
    **{char: " " for char in ", ;:>~\n\t\r"},
    **{char: "" for char in "!/-()@+"},
}

# Macros that put a mark on the letter after them.
ACCENTS: Final = dict(
    zip(
        "'`\"^~=.cvuHkr",
        map(chr, (0x301, 0x300, 0x308, 0x302, 0x303, 0x304, 0x307, 0x327, 0x30C, 0x306, 0x30B, 0x328, 0x30A)),
        strict=True,
    )
)

# Macros that say how something looks: dropped.
FORMATTING: Final = frozenset(
    _words("""
    tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge bf it rm sf tt sc sl em
    bfseries itshape rmfamily sffamily ttfamily scshape slshape upshape mdseries normalfont boldmath
    unboldmath displaystyle textstyle scriptstyle scriptscriptstyle centering raggedright raggedleft
    arraybackslash noindent indent strut mathstrut null relax protect ensuremath limits nolimits smash
    nonumber big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm middle nobreak
    allowbreak pagebreak nopagebreak newpage clearpage arraystretch tabcolsep arraycolsep extrarowheight
    ignorespaces unskip leavevmode global long selectfont makeatletter makeatother maketitle smallskip
    medskip bigskip dotfill hrulefill item num SI si qty unit numproduct ang
    """)
)

# Macros whose first arguments are no text, and the number of these; what follows them is read on.
SKIPPED: Final[dict[str, int]] = {
    **dict.fromkeys(
        _words(
            "makecell shortstack thead addlinespace footnotemark morecmidrules hdashline makebox framebox"
        ),
        0,
    ),
    **dict.fromkeys(
        _words("""
    cite citep citet citealp citealt citeauthor citeyear ref eqref autoref cref Cref pageref label
    footnote footnotetext tablefootnote tnote hspace vspace cline cmidrule Xcline cdashline rowcolor
    cellcolor columncolor color arrayrulecolor pagecolor phantom hphantom vphantom index thanks todo
    includegraphics rotatebox raisebox scalebox textcolor colorbox href parbox tabincell noalign
    hypertarget usepackage bibitem caption sout xout SetRow SetRows SetColumn SetHline SetHlines
        """),
        1,
    ),
    **dict.fromkeys(
        _words("setlength addtolength resizebox fcolorbox setcounter fontsize rule newcolumntype hyperref"), 2
    ),
}
# Those of them that may have optional arguments after the others.
STRETCHED: Final = frozenset(_words("rowcolor columncolor raisebox scalebox makebox framebox"))
# Macros followed by a bare length.
LENGTHS: Final = frozenset(_words("hskip vskip kern mkern mskip"))

# Environments that part rows and columns inside a cell, and the number of their arguments.
ARRAYS: Final[dict[str, int]] = {
    **dict.fromkeys(
        _words(
            "array tabular tabu longtable supertabular longtabu tblr longtblr NiceTabular NiceArray subarray"
        ),
        1,
    ),
    **dict.fromkeys(_words("tabularx tabulary xltabular tabular*"), 2),
    **dict.fromkeys(
        _words("matrix smallmatrix bmatrix Bmatrix pmatrix vmatrix Vmatrix bsmallmatrix psmallmatrix"), 0
    ),
    **dict.fromkeys(_words("aligned gathered split cases dcases rcases align gather eqnarray multlined"), 0),
}
# Other environments that have arguments before their text, and the number of these.
ENVIRONMENTS: Final[dict[str, int]] = dict.fromkeys(_words("minipage varwidth adjustbox turn rotate"), 1)
# Those arrays that have brackets of their own.
BRACKETED: Final = frozenset(
    _words("bmatrix Bmatrix pmatrix vmatrix Vmatrix bsmallmatrix psmallmatrix cases dcases rcases")
)
# Those that are tables where they stand in the text.
TABLES: Final = frozenset(
    _words(
        "tabular tabular* tabularx tabulary xltabular tabu longtable longtabu supertabular tblr longtblr "
        "NiceTabular array"
    )
)

ROW_ENDS: Final = frozenset(["\\", "tabularnewline", "newline", "cr", "linebreak"])
# Lines across the table, and the number of their arguments.
RULES: Final[dict[str, int]] = {
    **dict.fromkeys(
        _words(
            "hline toprule midrule bottomrule thickhline firsthline lasthline endhead endfirsthead "
            "endfoot endlastfoot"
        ),
        0,
    ),
    "Xhline": 1,
    "specialrule": 3,
}
