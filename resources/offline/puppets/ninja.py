"""Ninja: a hood, a red band with a steel plate, goggles with LED eyes, and a mask with an LED voice bar."""

from math import exp

from resources.offline.puppets.parts import MOUTH_LEVELS, Backdrop, Box, Eyes, Mouth, Part, Puppet

_CYAN = "#3fe6ff"
_LOOK = Backdrop(deep="#090e24", wall="#14264f", glow="#2b8fd0", first="#22d3ee", second="#c86bff", mic=228)

_DEFS = """
<radialGradient id="hood" gradientUnits="userSpaceOnUse" cx="-70" cy="300" r="470">
 <stop offset="0" stop-color="#59629c"/><stop offset=".38" stop-color="#333b6c"/>
 <stop offset=".75" stop-color="#1b2047"/><stop offset="1" stop-color="#0e1129"/></radialGradient>
<linearGradient id="rimL" gradientUnits="userSpaceOnUse" x1="-236" y1="0" x2="-60" y2="0">
 <stop offset="0" stop-color="#4fe9ff"/><stop offset=".4" stop-color="#22d3ee" stop-opacity=".55"/>
 <stop offset="1" stop-color="#22d3ee" stop-opacity="0"/></linearGradient>
<linearGradient id="rimR" gradientUnits="userSpaceOnUse" x1="236" y1="0" x2="80" y2="0">
 <stop offset="0" stop-color="#ff7be8"/><stop offset=".4" stop-color="#c86bff" stop-opacity=".5"/>
 <stop offset="1" stop-color="#c86bff" stop-opacity="0"/></linearGradient>
<filter id="soft2" x="-10%" y="-10%" width="120%" height="120%"><feGaussianBlur stdDeviation="2.5"/></filter>
<filter id="soft8" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="9"/></filter>
<clipPath id="inHood"><path d="M0,166 C152,166 228,268 234,420 C238,562 192,690 98,738 C60,758 -60,758 -98,738 \
C-192,690 -238,562 -234,420 C-228,268 -152,166 0,166 Z"/></clipPath>
<linearGradient id="skin" x2="0" y2="1"><stop offset="0" stop-color="#7d4d33"/><stop offset=".4" stop-color="#d59a6c"/>
 <stop offset="1" stop-color="#a66b47"/></linearGradient>
<radialGradient id="mask" gradientUnits="userSpaceOnUse" cx="-40" cy="540" r="260">
 <stop offset="0" stop-color="#525d9a"/><stop offset=".5" stop-color="#323a6b"/><stop offset="1" stop-color="#181c40"/>
</radialGradient>
<clipPath id="inMask"><path d="M-182,470 C-104,438 -50,456 0,474 C50,456 104,438 182,470 C196,560 166,660 92,712 \
C50,738 -50,738 -92,712 C-166,660 -196,560 -182,470 Z"/></clipPath>
<linearGradient id="band" x2="0" y2="1"><stop offset="0" stop-color="#ff6d6a"/><stop offset=".25" stop-color="#f03a4d"/>
 <stop offset=".7" stop-color="#c4183a"/><stop offset="1" stop-color="#860c2b"/></linearGradient>
<linearGradient id="bandSide" gradientUnits="userSpaceOnUse" x1="-232" y1="0" x2="232" y2="0">
 <stop offset="0" stop-color="#2b0316" stop-opacity=".75"/><stop offset=".22" stop-color="#2b0316" stop-opacity="0"/>
 <stop offset=".78" stop-color="#2b0316" stop-opacity="0"/><stop offset="1" stop-color="#2b0316" stop-opacity=".75"/>
</linearGradient>
<linearGradient id="tail" x2="1" y2=".4"><stop offset="0" stop-color="#7d0a29"/><stop offset=".35" stop-color="#d9233f"/>
 <stop offset=".7" stop-color="#ff5560"/><stop offset="1" stop-color="#b3143a"/></linearGradient>
<linearGradient id="plate" x2=".25" y2="1"><stop offset="0" stop-color="#f7f9ff"/><stop offset=".3" stop-color="#b9c2df"/>
 <stop offset=".5" stop-color="#7c86ad"/><stop offset=".56" stop-color="#dfe5f7"/><stop offset="1" stop-color="#8f98bd"/>
</linearGradient>
<linearGradient id="frame" x2="0" y2="1"><stop offset="0" stop-color="#aab4ea"/><stop offset=".16" stop-color="#5a649e"/>
 <stop offset=".6" stop-color="#262c55"/><stop offset="1" stop-color="#12152f"/></linearGradient>
<radialGradient id="lens" gradientUnits="userSpaceOnUse" cx="0" cy="404" r="210">
 <stop offset="0" stop-color="#0d2b46"/><stop offset=".6" stop-color="#081628"/><stop offset="1" stop-color="#03060f"/>
</radialGradient>
<radialGradient id="led"><stop offset="0" stop-color="#2fe3ff" stop-opacity=".55"/>
 <stop offset=".5" stop-color="#18b9e6" stop-opacity=".2"/><stop offset="1" stop-color="#18b9e6" stop-opacity="0"/>
</radialGradient>
<linearGradient id="jacket" x2="0" y2="1"><stop offset="0" stop-color="#3a4274"/><stop offset=".5" stop-color="#20254b"/>
 <stop offset="1" stop-color="#10132b"/></linearGradient>
<radialGradient id="scarf" gradientUnits="userSpaceOnUse" cx="-60" cy="725" r="290">
 <stop offset="0" stop-color="#ff7a72"/><stop offset=".35" stop-color="#ef3a4c"/><stop offset=".72" stop-color="#b8163a"/>
 <stop offset="1" stop-color="#6b0825"/></radialGradient>
"""

_HOOD_PATH = (
    "M0,166 C152,166 228,268 234,420 C238,562 192,690 98,738 C60,758 -60,758 -98,738 "
    "C-192,690 -238,562 -234,420 C-228,268 -152,166 0,166 Z"
)
_HOOD = f"""
<path d="{_HOOD_PATH}" fill="url(#hood)"/>
<g clip-path="url(#inHood)">
 <ellipse cx="-80" cy="236" rx="120" ry="52" fill="#aab6ff" opacity=".16" filter="url(#soft8)" transform="rotate(-24 -80 236)"/>
 <path d="M-150,214 C-60,180 60,182 140,206 M-196,262 C-150,214 -90,200 -30,196" fill="none" stroke="#0c0f26"
  stroke-opacity=".55" stroke-width="4" stroke-linecap="round"/>
 <path d="M-148,219 C-60,186 60,188 138,211" fill="none" stroke="#8d97d8" stroke-opacity=".35" stroke-width="2.5"/>
 <path d="M-196,480 C-214,590 -168,680 -86,736 L-240,760 L-260,480 Z" fill="#080a1c" opacity=".45" filter="url(#soft8)"/>
 <path d="M196,480 C214,590 168,680 86,736 L240,760 L260,480 Z" fill="#080a1c" opacity=".6" filter="url(#soft8)"/>
 <path d="M-186,470 C-202,590 -160,676 -92,716 C-50,742 50,742 92,716 C160,676 202,590 186,470" fill="none"
  stroke="#070919" stroke-opacity=".8" stroke-width="16" filter="url(#soft2)"/>
 <path d="M-200,452 C-216,590 -172,690 -98,730 M200,452 C216,590 172,690 98,730" fill="none" stroke="#6a74b4"
  stroke-opacity=".4" stroke-width="4"/>
 <path d="M-188,318 C-120,284 120,284 188,318 L190,500 L-190,500 Z" fill="url(#skin)"/>
 <path d="M-190,330 C-120,300 120,300 190,330 L190,374 C90,350 -90,350 -190,374 Z" fill="#2b120f" opacity=".55"/>
 <path d="{_HOOD_PATH}" fill="none" stroke="url(#rimL)" stroke-width="17" filter="url(#soft2)"/>
 <path d="{_HOOD_PATH}" fill="none" stroke="url(#rimR)" stroke-width="17" filter="url(#soft2)"/>
</g>
<path d="{_HOOD_PATH}" fill="none" stroke="#070919" stroke-width="3"/>
<path d="M-236,384 L-176,378 L-176,446 L-236,440 Z M236,384 L176,378 L176,446 L236,440 Z" fill="#0b0e22" stroke="#4b5490"
 stroke-opacity=".6" stroke-width="2"/>
"""

_MASK_PATH = (
    "M-182,470 C-104,438 -50,456 0,474 C50,456 104,438 182,470 C196,560 166,660 92,712 "
    "C50,738 -50,738 -92,712 C-166,660 -196,560 -182,470 Z"
)
_MASK = f"""
<path d="{_MASK_PATH}" fill="url(#mask)" stroke="#080a1d" stroke-width="4"/>
<g clip-path="url(#inMask)">
 <path d="M-200,440 L200,440 L200,520 C100,478 -100,478 -200,520 Z" fill="#05071a" opacity=".6" filter="url(#soft8)"/>
 <path d="M0,480 C-10,510 -8,532 0,550" fill="none" stroke="#9aa6ee" stroke-opacity=".35" stroke-width="12"
  filter="url(#soft2)"/>
 <path d="M-150,520 C-120,560 -110,566 -98,570 M150,520 C120,560 110,566 98,570 M-142,640 C-110,676 -60,690 -30,692
  M142,640 C110,676 60,690 30,692 M-164,580 C-150,610 -140,620 -124,630 M164,580 C150,610 140,620 124,630" fill="none"
  stroke="#0c0f27" stroke-opacity=".6" stroke-width="6" stroke-linecap="round"/>
 <path d="M-148,526 C-122,564 -112,572 -98,576 M148,526 C122,564 112,572 98,576 M-140,647 C-108,682 -60,696 -30,698"
  fill="none" stroke="#8e99da" stroke-opacity=".3" stroke-width="3" stroke-linecap="round"/>
 <path d="{_MASK_PATH}" fill="none" stroke="url(#rimL)" stroke-opacity=".75" stroke-width="11" filter="url(#soft2)"/>
 <path d="{_MASK_PATH}" fill="none" stroke="url(#rimR)" stroke-opacity=".6" stroke-width="11" filter="url(#soft2)"/>
 <ellipse cx="0" cy="606" rx="150" ry="84" fill="url(#led)" opacity=".35"/>
</g>
<rect x="-104" y="559" width="208" height="94" rx="40" fill="#060816"/>
<rect x="-104" y="559" width="208" height="94" rx="40" fill="none" stroke="#5a64a4" stroke-opacity=".7" stroke-width="3"/>
<path d="M-70,566 h120" stroke="#fff" stroke-opacity=".18" stroke-width="4" stroke-linecap="round"/>
"""

_BAND = """
<path d="M-226,318 C-150,240 150,240 226,318 L235,394 C150,320 -150,320 -235,394 Z" fill="#05071a" opacity=".5"
 transform="translate(0,10)" filter="url(#soft2)"/>
<path d="M-226,318 C-150,240 150,240 226,318 L235,394 C150,320 -150,320 -235,394 Z" fill="url(#band)"/>
<path d="M-226,318 C-150,240 150,240 226,318 L235,394 C150,320 -150,320 -235,394 Z" fill="url(#bandSide)"/>
<path d="M-214,318 C-146,252 -120,262 -104,258 M214,318 C146,252 120,262 104,258" fill="none" stroke="#ffb3a8"
 stroke-opacity=".75" stroke-width="4" stroke-linecap="round"/>
<path d="M-228,352 C-180,310 -140,300 -110,296 M228,352 C180,310 140,300 110,296" fill="none" stroke="#6b0825"
 stroke-opacity=".6" stroke-width="4" stroke-linecap="round"/>
<path d="M-108,252 C-40,234 40,234 108,252 L113,334 C40,315 -40,315 -113,334 Z" fill="#14172f" transform="translate(0,5)"
 opacity=".7" filter="url(#soft2)"/>
<path d="M-108,252 C-40,234 40,234 108,252 L113,334 C40,315 -40,315 -113,334 Z" fill="url(#plate)" stroke="#4d567e"
 stroke-width="3.5"/>
<path d="M-101,258 C-38,241 38,241 101,258" fill="none" stroke="#fff" stroke-width="3.5"/>
<path d="M-60,244 L-18,239 L-48,320 L-92,327 Z" fill="#fff" opacity=".28"/>
<g transform="translate(0,281) rotate(12)"><path d="M0,-33 L9,-9 L33,0 L9,9 L0,33 L-9,9 L-33,0 L-9,-9 Z" fill="#2a3054"
 stroke="#151936" stroke-width="2" stroke-linejoin="round"/><path d="M0,-33 L0,0 L-33,0 L-9,-9 Z M0,33 L0,0 L33,0 L9,9 Z"
 fill="#59629a"/><circle r="6.5" fill="#e9eeff" stroke="#151936" stroke-width="2"/></g>
<g fill="#59628a" stroke="#e9eeff" stroke-width="1.5"><circle cx="-92" cy="270" r="5.5"/><circle cx="92" cy="270" r="5.5"/>
<circle cx="-96" cy="313" r="5.5"/><circle cx="96" cy="313" r="5.5"/></g>
"""

_GOGGLES_PATH = (
    "M-204,388 C-204,346 -176,330 -134,328 L134,328 C176,330 204,346 204,388 L204,430 C204,480 170,504 122,504 "
    "C68,504 50,470 0,470 C-50,470 -68,504 -122,504 C-170,504 -204,480 -204,430 Z"
)
_LENS_PATH = (
    "M-184,390 C-184,360 -164,349 -130,348 L130,348 C164,349 184,360 184,390 L184,428 C184,466 156,485 120,485 "
    "C76,485 60,449 0,449 C-60,449 -76,485 -120,485 C-156,485 -184,466 -184,428 Z"
)
_GOGGLES = f"""
<path d="{_GOGGLES_PATH}" fill="#04050f" opacity=".6" transform="translate(0,9)" filter="url(#soft2)"/>
<path d="{_GOGGLES_PATH}" fill="url(#frame)" stroke="#080a1c" stroke-width="4"/>
<path d="M-192,384 C-192,352 -170,340 -134,338 L134,338 C170,340 192,352 192,384" fill="none" stroke="#e4e9ff"
 stroke-opacity=".75" stroke-width="3.5" stroke-linecap="round"/>
<path d="M-196,440 C-192,480 -160,495 -122,495" fill="none" stroke="#4fe9ff" stroke-opacity=".75" stroke-width="4"
 stroke-linecap="round"/>
<path d="M196,440 C192,480 160,495 122,495" fill="none" stroke="#ff7be8" stroke-opacity=".7" stroke-width="4"
 stroke-linecap="round"/>
<path d="{_LENS_PATH}" fill="url(#lens)" stroke="#02030a" stroke-width="5"/>
<path d="M-172,404 C-174,370 -158,359 -120,358 L-60,358 C-110,366 -150,384 -160,424 Z" fill="#bfefff" opacity=".14"/>
<path d="M96,356 L140,356 L96,446 L66,440 Z M150,357 L164,361 L128,452 L112,450 Z" fill="#cfe9ff" opacity=".07"/>
"""

_GRIDS = {
    Eyes.OPEN: ("..###..", ".#####.", "#######", "#######", "#######", ".#####.", "..###.."),
    Eyes.WIDE: (".#####.", "#######", "#######", "#######", "#######", "#######", ".#####."),
    Eyes.HALF: (".......", ".......", "#######", "#######", "#######", ".#####.", "......."),
    Eyes.SHUT: (".......", ".......", ".......", "#######", "#######", ".......", "......."),
    Eyes.HAPPY: (".......", "..###..", ".#####.", "##...##", "#.....#", ".......", "......."),
}
_PITCH = 16.4  # units between two LEDs of an eye


def _eyes(state: Eyes) -> str:
    rows = _GRIDS[state]
    lit = [(column - 3, row - 3) for row in range(7) for column in range(7) if rows[row][column] == "#"]
    glow = 92 if state in (Eyes.OPEN, Eyes.WIDE) else 66
    return "".join(_eye(x, lit, glow, glint=state in (Eyes.OPEN, Eyes.WIDE)) for x in (-96, 96))


def _eye(x: float, lit: list[tuple[int, int]], glow: float, *, glint: bool) -> str:
    cells = "".join(
        f'<rect x="{column * _PITCH - 7}" y="{row * _PITCH - 7}" width="14" height="14" rx="3.6" fill="{_CYAN}"/>'
        f'<rect x="{column * _PITCH - 4.6}" y="{row * _PITCH - 5.2}" width="9.2" height="4.4" rx="2" fill="#d7fbff"'
        ' opacity=".75"/>'
        for column, row in lit
    )
    haze = "".join(
        f'<rect x="{column * _PITCH - 10.5}" y="{row * _PITCH - 10.5}" width="21" height="21" rx="7" fill="#19c6f2"'
        ' opacity=".28"/>'
        for column, row in lit
    )
    shine = (
        '<rect x="-23.4" y="-39.8" width="14" height="14" rx="3.6" fill="#fff"/>'
        '<rect x="-39.8" y="-23.4" width="14" height="14" rx="3.6" fill="#e9fdff" opacity=".9"/>'
    )
    return (
        f'<g transform="translate({x},414)"><ellipse rx="{glow}" ry="{glow * 0.78:.0f}" fill="url(#led)"/>'
        f"{haze}{cells}{shine if glint else ''}</g>"
    )


_COLUMNS = 13  # LED columns of the voice bar
_BELL = {Mouth.REST: 4.6, Mouth.SPREAD: 7.5, Mouth.ROUND: 2.9}  # width of the lit bell, in columns


def _voice(shape: Mouth, level: int) -> str:
    # Heights wobble a little from column to column, as a meter's do, but the sum grows with the level.
    bars = []
    for index in range(_COLUMNS):
        x = (index - _COLUMNS // 2) * 14.2
        bell = exp(-(((index - _COLUMNS // 2) / _BELL[shape]) ** 2))
        wobble = 0.82 + 0.18 * ((index * 5 + 3) % 7) / 6
        high = 7 + 66 * (level / (MOUTH_LEVELS - 1)) * bell * wobble
        bars.append(_bar(x, high))
    return "".join(bars)


def _smile() -> str:
    return "".join(_bar((index - 6) * 14.2, 7, 8 - 0.52 * (index - 6) ** 2) for index in range(_COLUMNS))


def _bar(x: float, high: float, lower: float = 0) -> str:
    top = 606 + lower - high / 2
    return (
        f'<rect x="{x - 8:.1f}" y="{top - 4:.1f}" width="16" height="{high + 8:.1f}" rx="8" fill="#19c6f2" opacity=".25"/>'
        f'<rect x="{x - 4.2:.1f}" y="{top:.1f}" width="8.4" height="{high:.1f}" rx="4" fill="{_CYAN}"/>'
        f'<rect x="{x - 1.8:.1f}" y="{top + 2:.1f}" width="3.6" height="{max(high - 4, 1):.1f}" rx="1.8" fill="#dcfcff"/>'
    )


_KNOT = """
<path d="M216,330 C236,322 254,330 254,352 C254,376 236,384 218,376 Z" fill="#b3143a" stroke="#5d0620" stroke-width="3"/>
<path d="M226,338 C236,336 244,342 245,352" fill="none" stroke="#ff8a86" stroke-width="4" stroke-linecap="round"/>
"""
_TAIL_1 = """
<path d="M232,346 C280,300 330,356 404,312 C396,344 380,368 352,384 C310,400 270,384 236,370 Z" fill="url(#tail)"
 stroke="#5d0620" stroke-width="3" stroke-linejoin="round"/>
<path d="M252,344 C290,322 330,366 384,334" fill="none" stroke="#ff9a93" stroke-opacity=".8" stroke-width="4"
 stroke-linecap="round"/><path d="M246,362 C290,374 330,386 362,366" fill="none" stroke="#6b0825" stroke-width="4"
 stroke-opacity=".6" stroke-linecap="round"/>
"""
_TAIL_2 = """
<path d="M230,356 C262,366 300,410 300,440 C322,440 352,452 376,474 C336,492 292,478 272,452 C250,424 240,396 226,376 Z"
 fill="url(#tail)" stroke="#5d0620" stroke-width="3" stroke-linejoin="round"/>
<path d="M246,374 C274,396 288,430 296,446" fill="none" stroke="#ff9a93" stroke-opacity=".65" stroke-width="4"
 stroke-linecap="round"/>
"""

_BODY = """
<path d="M-452,1090 C-446,880 -380,800 -210,756 L210,756 C380,800 446,880 452,1090 Z" fill="url(#jacket)" stroke="#080a1c"
 stroke-width="4"/>
<path d="M-452,1000 C-436,860 -366,802 -212,762" fill="none" stroke="#22d3ee" stroke-width="16" opacity=".22"/>
<path d="M-450,1000 C-434,862 -364,804 -212,764" fill="none" stroke="#58ecff" stroke-width="5"/>
<path d="M452,1000 C436,860 366,802 212,762" fill="none" stroke="#c86bff" stroke-width="16" opacity=".22"/>
<path d="M450,1000 C434,862 364,804 212,764" fill="none" stroke="#ff8df0" stroke-width="5"/>
<path d="M-330,826 C-300,812 -280,806 -262,800 L-250,930 L-372,930 C-372,880 -356,846 -330,826 Z" fill="#151936"
 stroke="#6670b4" stroke-width="3"/><path d="M330,826 C300,812 280,806 262,800 L250,930 L372,930 C372,880 356,846 330,826 Z"
 fill="#12152f" stroke="#535c9c" stroke-width="3"/>
<path d="M-318,842 L-272,824 M-332,872 L-264,848 M318,842 L272,824 M332,872 L264,848" stroke="#7f8ad0" stroke-opacity=".5"
 stroke-width="4"/>
<path d="M-150,780 L-30,930 L-170,930 L-220,790 Z" fill="#3c457c"/><path d="M150,780 L30,930 L170,930 L220,790 Z"
 fill="#2a3160"/><path d="M-150,780 L-30,930" stroke="#8e99da" stroke-opacity=".55" stroke-width="4"/>
<path d="M92,800 C150,830 190,880 214,930 L130,930 C112,890 92,860 60,840 Z" fill="#a11235" stroke="#5d0620"
 stroke-width="3"/><path d="M120,826 C156,856 178,890 192,930" fill="none" stroke="#ff7a72" stroke-opacity=".55"
 stroke-width="5"/>
<ellipse cx="0" cy="838" rx="214" ry="44" fill="#05071a" opacity=".6"/>
<path d="M-212,748 C-224,700 -150,676 0,676 C150,676 224,700 212,748 C224,800 196,838 130,852 C60,868 -60,868 -130,852
 C-196,838 -224,800 -212,748 Z" fill="url(#scarf)" stroke="#4c041b" stroke-width="3.5"/>
<path d="M-196,772 C-120,826 60,838 190,776 M-204,742 C-140,790 -20,812 60,806 M-150,826 C-70,852 60,852 140,824
 M70,770 C120,766 160,756 196,736" fill="none" stroke="#6b0825" stroke-opacity=".75" stroke-width="7"
 stroke-linecap="round"/>
<path d="M-194,764 C-120,816 40,828 170,780 M-196,734 C-140,778 -30,800 50,796 M-140,818 C-70,842 50,842 120,820"
 fill="none" stroke="#ff9d92" stroke-opacity=".55" stroke-width="4" stroke-linecap="round"/>
<path d="M-206,724 C-214,752 -208,790 -180,818" fill="none" stroke="#58ecff" stroke-opacity=".6" stroke-width="5"
 stroke-linecap="round"/><path d="M206,724 C214,752 208,790 180,818" fill="none" stroke="#ff8df0" stroke-opacity=".6"
 stroke-width="5" stroke-linecap="round"/>
<ellipse cx="0" cy="738" rx="150" ry="42" fill="#1c0210" opacity=".62"/>
"""

_TAIL_HINGE = (230.0, 352.0)
NINJA = Puppet(
    name="ninja",
    defs=_DEFS,
    backdrop=_LOOK,
    body=Part("body", Box(-470, 660, 470, 940), (_BODY,)),
    head=(
        Part("tail-low", Box(210, 336, 396, 500), (_TAIL_2,), depth=-6, hinge=_TAIL_HINGE, swing=1.5),
        Part("tail-high", Box(214, 290, 420, 410), (_TAIL_1,), depth=-6, hinge=_TAIL_HINGE, swing=1.0),
        Part("hood", Box(-250, 158, 250, 764), (_HOOD,), depth=6),
        Part("mask", Box(-200, 436, 200, 742), (_MASK,), depth=16, drop=15),
        Part(
            "mouth",
            Box(-108, 556, 108, 656),
            tuple(_voice(shape, level) for shape in Mouth for level in range(MOUTH_LEVELS)) + (_smile(),),
            depth=20,
            drop=15,
        ),
        Part("knot", Box(208, 318, 262, 390), (_KNOT,), depth=2),
        Part("band", Box(-244, 228, 244, 416), (_BAND,), depth=14),
        Part("goggles", Box(-214, 320, 214, 522), (_GOGGLES,), depth=24),
        Part("eyes", Box(-192, 336, 192, 492), tuple(_eyes(state) for state in Eyes), depth=26, gaze=11),
    ),
    neck=(0.0, 760.0),
    mouth=Box(-120, 540, 120, 690),
)
