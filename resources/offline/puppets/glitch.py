"""Glitch: a white and pink cyborg with a screen for a face, pink hair, an antenna, and a picture that slips."""

from resources.offline.puppets.parts import MOUTH_LEVELS, Backdrop, Box, Eyes, Mouth, Part, Puppet

_PINK = "#ff5fd2"
_LOOK = Backdrop(deep="#140a2c", wall="#3a1a5e", glow="#a03ccf", first="#ff4fd0", second="#38c8ff", mic=-228)

_SHELL_PATH = (
    "M0,236 C136,236 206,326 208,452 C208,606 126,726 0,726 C-126,726 -208,606 -208,452 C-206,326 -136,236 0,236 Z"
)
_SCREEN_PATH = (
    "M0,322 C108,322 160,372 164,462 C166,586 104,684 0,684 C-104,684 -166,586 -164,462 C-160,372 -108,322 0,322 Z"
)
_BACK_PATH = (
    "M0,158 C186,158 276,282 276,452 C276,560 292,640 262,704 C246,742 196,748 168,722 C150,706 140,690 130,664 "
    "L-130,664 C-140,690 -150,706 -168,722 C-196,748 -246,742 -262,704 C-292,640 -276,560 -276,452 "
    "C-276,282 -186,158 0,158 Z"
)
_LEFT_PATH = "M58,186 C-40,150 -206,196 -240,392 C-252,470 -240,548 -214,590 C-214,520 -190,452 -128,412 C-52,370 28,326 58,186 Z"
_RIGHT_PATH = (
    "M58,186 C150,168 232,250 244,400 C250,480 240,546 216,588 C218,512 200,446 160,398 C104,340 66,284 58,186 Z"
)

_DEFS = f"""
<filter id="soft2" x="-10%" y="-10%" width="120%" height="120%"><feGaussianBlur stdDeviation="2.5"/></filter>
<filter id="soft8" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="9"/></filter>
<clipPath id="inShell"><path d="{_SHELL_PATH}"/></clipPath><clipPath id="inScreen"><path d="{_SCREEN_PATH}"/></clipPath>
<clipPath id="inBack"><path d="{_BACK_PATH}"/></clipPath>
<clipPath id="inLeft"><path d="{_LEFT_PATH}"/></clipPath><clipPath id="inRight"><path d="{_RIGHT_PATH}"/></clipPath>
<radialGradient id="shell" gradientUnits="userSpaceOnUse" cx="-70" cy="420" r="400"><stop offset="0" stop-color="#ffffff"/>
 <stop offset=".45" stop-color="#efeafa"/><stop offset=".8" stop-color="#bfb2dd"/><stop offset="1" stop-color="#8675b4"/>
</radialGradient>
<linearGradient id="rimL" gradientUnits="userSpaceOnUse" x1="-210" y1="0" x2="-90" y2="0">
 <stop offset="0" stop-color="#ff6fdb"/><stop offset="1" stop-color="#ff6fdb" stop-opacity="0"/></linearGradient>
<linearGradient id="rimR" gradientUnits="userSpaceOnUse" x1="210" y1="0" x2="90" y2="0">
 <stop offset="0" stop-color="#4fd4ff"/><stop offset="1" stop-color="#4fd4ff" stop-opacity="0"/></linearGradient>
<linearGradient id="back" x2="0" y2="1"><stop offset="0" stop-color="#b82fbd"/><stop offset=".45" stop-color="#7a1fa6"/>
 <stop offset="1" stop-color="#3d1182"/></linearGradient>
<radialGradient id="hair" gradientUnits="userSpaceOnUse" cx="-30" cy="210" r="400"><stop offset="0" stop-color="#ff9be6"/>
 <stop offset=".35" stop-color="#fb59cf"/><stop offset=".75" stop-color="#cc2fbb"/><stop offset="1" stop-color="#7d1fa8"/>
</radialGradient>
<radialGradient id="screen" gradientUnits="userSpaceOnUse" cx="0" cy="500" r="230"><stop offset="0" stop-color="#2c1146"/>
 <stop offset=".6" stop-color="#170a2b"/><stop offset="1" stop-color="#080313"/></radialGradient>
<pattern id="lines" width="8" height="7" patternUnits="userSpaceOnUse"><rect width="8" height="2.2" fill="#ff8be6"
 opacity=".07"/></pattern>
<radialGradient id="pink"><stop offset="0" stop-color="#ff5fd2" stop-opacity=".6"/><stop offset=".5" stop-color="#ff3fc4"
 stop-opacity=".2"/><stop offset="1" stop-color="#ff3fc4" stop-opacity="0"/></radialGradient>
<radialGradient id="iris" cx=".5" cy=".4" r=".65"><stop offset="0" stop-color="#ffd3f5"/><stop offset=".35"
 stop-color="#ff7ddb"/><stop offset=".8" stop-color="#ef2fb6"/><stop offset="1" stop-color="#b3149a"/></radialGradient>
<linearGradient id="mouthIn" x2="0" y2="1"><stop offset="0" stop-color="#5a0f56"/><stop offset="1" stop-color="#8e1a6d"/>
</linearGradient>
<linearGradient id="suit" x2="0" y2="1"><stop offset="0" stop-color="#ffffff"/><stop offset=".5" stop-color="#e2daf2"/>
 <stop offset="1" stop-color="#a294cc"/></linearGradient>
<linearGradient id="metal"><stop offset="0" stop-color="#16122c"/><stop offset=".35" stop-color="#8d84b8"/>
 <stop offset=".55" stop-color="#4a4276"/><stop offset="1" stop-color="#130f28"/></linearGradient>
<radialGradient id="pod" cx=".4" cy=".3" r=".8"><stop offset="0" stop-color="#fff"/><stop offset=".6" stop-color="#cfc3e8"/>
 <stop offset="1" stop-color="#8a7ab8"/></radialGradient>
<linearGradient id="bar" x2="0" y2="1"><stop offset="0" stop-color="#ff9be9" stop-opacity="0"/>
 <stop offset=".75" stop-color="#ff9be9" stop-opacity=".13"/><stop offset="1" stop-color="#ff9be9" stop-opacity="0"/>
</linearGradient>
"""

_BACK = f"""
<path d="{_BACK_PATH}" fill="url(#back)"/>
<g clip-path="url(#inBack)">
 <path d="M-214,330 C-250,450 -236,600 -226,730 M-180,380 C-206,520 -196,640 -180,730 M214,330 C250,450 236,600 226,730
  M180,380 C206,520 196,640 180,730" fill="none" stroke="#e255d8" stroke-opacity=".3" stroke-width="7"/>
 <path d="M-244,420 C-262,540 -262,640 -246,716 M244,420 C262,540 262,640 246,716" fill="none" stroke="#250857"
  stroke-opacity=".5" stroke-width="12"/>
 <path d="M-160,440 L160,440 L150,760 L-150,760 Z" fill="#170436" opacity=".75" filter="url(#soft8)"/>
 <path d="{_BACK_PATH}" fill="none" stroke="#ff7be0" stroke-opacity=".75" stroke-width="9" filter="url(#soft2)"/>
 <path d="M276,452 C276,560 292,640 262,704 C246,742 196,748 168,722 M276,452 C276,282 186,158 60,160" fill="none"
  stroke="#58d6ff" stroke-opacity=".9" stroke-width="10" filter="url(#soft2)"/>
</g>
"""
_NECK = """
<rect x="-58" y="690" width="116" height="120" fill="url(#metal)"/>
<g fill="#0c091c"><rect x="-66" y="722" width="132" height="11" rx="5"/><rect x="-66" y="750" width="132" height="11" rx="5"/>
<rect x="-66" y="778" width="132" height="11" rx="5"/></g>
<g fill="#b9b0e0" opacity=".5"><rect x="-40" y="723" width="50" height="3" rx="1"/><rect x="-40" y="751" width="50" height="3"
 rx="1"/><rect x="-40" y="779" width="50" height="3" rx="1"/></g>
<rect x="-60" y="690" width="120" height="44" fill="#0a0618" opacity=".55"/>
"""
_SHELL = f"""
<g><circle cx="-214" cy="478" r="50" fill="url(#pod)" stroke="#6d5c9c" stroke-width="3"/><circle cx="214" cy="478" r="50"
 fill="url(#pod)" stroke="#6d5c9c" stroke-width="3"/></g>
<path d="{_SHELL_PATH}" fill="url(#shell)"/>
<g clip-path="url(#inShell)">
 <path d="M-220,300 C-160,420 -140,360 0,330 C90,320 190,400 220,300 L220,200 L-220,200 Z" fill="#5b2f8c" opacity=".5"
  filter="url(#soft8)"/>
 <path d="{_SHELL_PATH}" fill="none" stroke="url(#rimL)" stroke-width="20" filter="url(#soft2)"/>
 <path d="{_SHELL_PATH}" fill="none" stroke="url(#rimR)" stroke-width="20" filter="url(#soft2)"/>
 <path d="M-150,640 C-80,712 80,712 150,640 L190,760 L-190,760 Z" fill="#7f6bb4" opacity=".4" filter="url(#soft8)"/>
 <path d="M-190,560 L-150,590 M190,560 L150,590 M0,686 L0,726" stroke="#8b7ab8" stroke-width="3" opacity=".8"/>
</g>
<path d="{_SHELL_PATH}" fill="none" stroke="#4a3a78" stroke-opacity=".55" stroke-width="2.5"/>
"""
_EARS = "".join(
    f'<g transform="translate({x},478)"><ellipse rx="30" ry="36" fill="#20123a" stroke="#8a7ab8" stroke-width="3"/>'
    f'<ellipse rx="36" ry="42" fill="url(#pink)"/><ellipse rx="20" ry="25" fill="none" stroke="{_PINK}" stroke-width="6"/>'
    '<ellipse rx="20" ry="25" fill="none" stroke="#ffd9f6" stroke-width="1.8"/><circle r="7" fill="#ffb3ec"/></g>'
    for x in (-226, 226)
)
_SCREEN = f"""
<path d="{_SCREEN_PATH}" fill="#5c4a92" transform="translate(0,-4)" stroke="#5c4a92" stroke-width="10"/>
<path d="{_SCREEN_PATH}" fill="url(#screen)" stroke="#0a0418" stroke-width="7"/>
<g clip-path="url(#inScreen)"><rect x="-170" y="318" width="340" height="372" fill="url(#lines)"/>
 <path d="M-150,330 L-20,318 L-120,560 L-176,540 Z" fill="#fff" opacity=".05"/>
 <path d="M20,316 L64,322 L-56,600 L-90,580 Z" fill="#fff" opacity=".035"/>
 <path d="{_SCREEN_PATH}" fill="none" stroke="#ff5fd2" stroke-opacity=".4" stroke-width="14" filter="url(#soft2)"/></g>
<g fill="{_PINK}" opacity=".75"><rect x="-128" y="556" width="11" height="11" rx="3"/><rect x="-112" y="567" width="11"
 height="11" rx="3"/><rect x="-96" y="556" width="11" height="11" rx="3"/><rect x="117" y="556" width="11" height="11"
 rx="3"/><rect x="101" y="567" width="11" height="11" rx="3"/><rect x="85" y="556" width="11" height="11" rx="3"/></g>
<ellipse cx="-106" cy="564" rx="46" ry="28" fill="url(#pink)" opacity=".6"/><ellipse cx="106" cy="564" rx="46" ry="28"
 fill="url(#pink)" opacity=".6"/>
"""
_SCAN = '<rect x="-118" y="362" width="236" height="58" fill="url(#bar)"/>'
_FRINGE = f"""
<path d="{_LEFT_PATH}" fill="#230849" opacity=".5" transform="translate(4,14)" filter="url(#soft2)"/>
<path d="{_RIGHT_PATH}" fill="#230849" opacity=".5" transform="translate(-2,12)" filter="url(#soft2)"/>
<path d="{_RIGHT_PATH}" fill="url(#hair)"/>
<g clip-path="url(#inRight)">
 <path d="M64,196 C80,280 130,330 176,384 C210,430 222,500 220,580" fill="none" stroke="#7d1fa8" stroke-opacity=".55"
  stroke-width="16" filter="url(#soft2)"/>
 <path d="M96,206 C160,232 206,300 218,400" fill="none" stroke="#ffd0f4" stroke-opacity=".8" stroke-width="7"
  stroke-linecap="round" filter="url(#soft2)"/>
 <path d="M84,220 C140,270 186,330 206,430 M72,240 C110,310 170,350 196,450" fill="none" stroke="#a3219f" stroke-opacity=".55"
  stroke-width="4"/>
 <path d="{_RIGHT_PATH}" fill="none" stroke="#58d6ff" stroke-opacity=".7" stroke-width="9" filter="url(#soft2)"/>
</g>
<path d="{_LEFT_PATH}" fill="url(#hair)"/>
<g clip-path="url(#inLeft)">
 <path d="M60,200 C30,340 -60,380 -130,420 C-190,460 -214,520 -212,600" fill="none" stroke="#7d1fa8" stroke-opacity=".55"
  stroke-width="18" filter="url(#soft2)"/>
 <path d="M20,200 C-70,196 -170,250 -206,390" fill="none" stroke="#ffe0f8" stroke-opacity=".85" stroke-width="9"
  stroke-linecap="round" filter="url(#soft2)"/>
 <path d="M-20,226 C-90,240 -150,290 -176,360" fill="none" stroke="#ffd0f4" stroke-opacity=".6" stroke-width="6"
  stroke-linecap="round" filter="url(#soft2)"/>
 <path d="M44,210 C-10,290 -130,310 -196,430 M52,206 C20,320 -90,340 -170,420 M30,200 C-60,240 -180,290 -222,440" fill="none"
  stroke="#a3219f" stroke-opacity=".5" stroke-width="4"/>
 <path d="{_LEFT_PATH}" fill="none" stroke="#ff9be9" stroke-opacity=".8" stroke-width="8" filter="url(#soft2)"/>
</g>
<g><rect x="-160" y="292" width="64" height="15" rx="7" fill="#38c8ff" stroke="#0d2a4a" stroke-width="2"
 transform="rotate(-34 -128 300)"/><rect x="-152" y="316" width="52" height="12" rx="6" fill="#fff" stroke="#5c4a92"
 stroke-width="2" transform="rotate(-34 -126 322)"/></g>
"""
_ANTENNA = f"""
<path d="M228,452 L262,318" stroke="#3b2f66" stroke-width="11" stroke-linecap="round"/>
<path d="M227,450 L261,318" stroke="#d9d0f2" stroke-width="5" stroke-linecap="round"/>
<circle cx="264" cy="306" r="40" fill="url(#pink)"/><circle cx="264" cy="306" r="15" fill="{_PINK}"/>
<circle cx="259" cy="300" r="5.5" fill="#fff"/>
"""


def _eyes(state: Eyes) -> str:
    return "".join(f'<g transform="translate({side * 78},476)">{_eye(state, side)}</g>' for side in (-1, 1))


def _eye(state: Eyes, side: int) -> str:
    lashes = f'<path d="M{side * 30},-36 l{side * 26},-18 M{side * 38},-20 l{side * 28},-10" {_line(6)}/>'
    halo = '<ellipse rx="72" ry="80" fill="url(#pink)"/>'
    if state is Eyes.SHUT:
        return (
            '<ellipse cy="8" rx="64" ry="34" fill="url(#pink)"/>'
            f'<path d="M-38,4 Q0,22 38,4" {_line(9)}/><path d="M{side * 36},6 l{side * 22},8 M{side * 28},12 l{side * 14},14" '
            f"{_line(5)}/>"
        )
    if state is Eyes.HAPPY:
        arc = "M-40,16 Q0,-44 40,16"
        return f'{halo}<path d="{arc}" {_line(20, 0.25)}/><path d="{arc}" {_line(11)}/><path d="{arc}" {_line(4, 1, "#ffe3f8")}/>'
    rx, ry, dy = {Eyes.OPEN: (40, 54, 0), Eyes.WIDE: (44, 62, -3), Eyes.HALF: (40, 27, 16)}[state]
    iris = (
        ""
        if state is Eyes.HALF
        else f'<circle cx="-13" cy="{dy - ry * 0.36:.0f}" r="11" fill="#fff"/><circle cx="15" cy="{dy + ry * 0.34:.0f}" r="6.5" fill="#fff" opacity=".9"/>'
    )
    lid = f'<path d="M-42,{dy - ry + 5} Q0,{dy - ry - 12} 42,{dy - ry + 5}" {_line(8)}/>' if state is Eyes.HALF else ""
    return (
        f'{halo}<ellipse cy="{dy}" rx="{rx + 5}" ry="{ry + 5}" fill="#ff3fc4" opacity=".3"/>'
        f'<ellipse cy="{dy}" rx="{rx}" ry="{ry}" fill="url(#iris)"/>'
        f'<ellipse cy="{dy + 2}" rx="{rx * 0.62:.0f}" ry="{ry * 0.62:.0f}" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="3"/>'
        f'<ellipse cy="{dy + 2}" rx="{rx * 0.46:.0f}" ry="{ry * 0.5:.0f}" fill="#4a0a5e"/>{iris}{lid}{lashes}'
    )


def _line(width: float, opacity: float = 1, color: str = _PINK) -> str:
    return (
        f'fill="none" stroke="{color}" stroke-opacity="{opacity}" stroke-width="{width}" stroke-linecap="round"'
        ' stroke-linejoin="round"'
    )


_SHUT = "M-44,600 Q0,628 44,600"
_WIDTH = {Mouth.REST: 46.0, Mouth.SPREAD: 58.0, Mouth.ROUND: 31.0}  # half of the open mouth's width, in units


def _lips(shape: Mouth, level: int) -> str:
    if level == 0:
        return f'<path d="{_SHUT}" {_line(18, 0.22)}/><path d="{_SHUT}" {_line(7)}/><path d="{_SHUT}" {_line(2.5, 1, "#ffe3f8")}/>'
    share = level / (MOUTH_LEVELS - 1)
    wide = 44 + (_WIDTH[shape] - 44) * min(1.0, 0.35 + share)
    deep = 12 + (70 if shape is Mouth.ROUND else 60) * share
    top, corner = 597 - 6 * share, 603 - 2 * share
    if shape is Mouth.ROUND:
        middle = top + deep / 2
        outline = (
            f"M{-wide:.1f},{middle:.1f} C{-wide:.1f},{top - 6:.1f} {wide:.1f},{top - 6:.1f} {wide:.1f},{middle:.1f} "
            f"C{wide:.1f},{top + deep + 6:.1f} {-wide:.1f},{top + deep + 6:.1f} {-wide:.1f},{middle:.1f} Z"
        )
    else:
        outline = (
            f"M{-wide:.1f},{corner:.1f} Q0,{top + 4:.1f} {wide:.1f},{corner:.1f} "
            f"C{wide * 0.92:.1f},{top + deep * 1.18:.1f} {-wide * 0.92:.1f},{top + deep * 1.18:.1f} {-wide:.1f},{corner:.1f} Z"
        )
    clip = f"m{shape}{level}"
    teeth = f'<rect x="{-wide * 0.86:.1f}" y="{top - 4:.1f}" width="{wide * 1.72:.1f}" height="{6 + 13 * share:.1f}" rx="5" fill="#fff"/>'
    tongue = (
        f'<ellipse cx="0" cy="{top + deep + 3:.1f}" rx="{wide * 0.62:.1f}" ry="{4 + 20 * share:.1f}" fill="#ff6fa8"/>'
    )
    return (
        f'<clipPath id="{clip}"><path d="{outline}"/></clipPath><path d="{outline}" {_line(18, 0.22)}/>'
        f'<path d="{outline}" fill="url(#mouthIn)"/><g clip-path="url(#{clip})">{tongue}{teeth}</g>'
        f'<path d="{outline}" {_line(6.5)}/><path d="{outline}" {_line(2.2, 1, "#ffe3f8")}/>'
    )


_SMILE = "M-56,592 Q0,644 56,592"
_GRIN = (
    f'<path d="{_SMILE}" {_line(18, 0.22)}/><path d="{_SMILE}" {_line(7)}/><path d="{_SMILE}" {_line(2.5, 1, "#ffe3f8")}/>'
    f'<path d="M-64,588 l10,8 M64,588 l-10,8" {_line(5)}/>'
)

_BODY = f"""
<path d="M-430,1090 C-424,900 -350,826 -180,796 L-70,772 L70,772 L180,796 C350,826 424,900 430,1090 Z" fill="url(#suit)"
 stroke="#4a3a78" stroke-width="3"/>
<path d="M-120,784 C-100,880 -50,930 0,938 C50,930 100,880 120,784 L64,768 L-64,768 Z" fill="#1b1233"/>
<path d="M-120,784 C-100,880 -50,930 0,938 C50,930 100,880 120,784" fill="none" stroke="{_PINK}" stroke-width="7"/>
<path d="M-120,784 C-100,880 -50,930 0,938 C50,930 100,880 120,784" fill="none" stroke="#ffd9f6" stroke-width="2"/>
<path d="M-420,1000 C-404,880 -340,832 -182,802" fill="none" stroke="{_PINK}" stroke-width="18" opacity=".25"/>
<path d="M-420,1000 C-404,880 -340,832 -182,802" fill="none" stroke="#ff8be6" stroke-width="6"/>
<path d="M420,1000 C404,880 340,832 182,802" fill="none" stroke="#38c8ff" stroke-width="18" opacity=".25"/>
<path d="M420,1000 C404,880 340,832 182,802" fill="none" stroke="#6fdcff" stroke-width="6"/>
<path d="M-250,826 C-262,870 -264,900 -262,940 M250,826 C262,870 264,900 262,940 M-150,800 C-150,860 -120,910 -96,940
 M150,800 C150,860 120,910 96,940" fill="none" stroke="#8b7ab8" stroke-width="4" opacity=".8"/>
<path d="M-330,862 C-310,846 -290,838 -272,834 L-274,870 C-296,874 -318,884 -334,900 Z" fill="{_PINK}" opacity=".9"/>
<path d="M330,862 C310,846 290,838 272,834 L274,870 C296,874 318,884 334,900 Z" fill="#38c8ff" opacity=".9"/>
<rect x="-84" y="756" width="168" height="34" rx="16" fill="#0c081d" stroke="#6d5c9c" stroke-width="3"/>
<circle cx="0" cy="856" r="74" fill="url(#pink)"/>
<path d="M0,886 C-44,856 -38,822 -16,822 C-6,822 0,830 0,837 C0,830 6,822 16,822 C38,822 44,856 0,886 Z" fill="#ff8be6"/>
<path d="M0,880 C-36,854 -32,828 -16,828 C-6,828 0,836 0,842 C0,836 6,828 16,828 C32,828 36,854 0,880 Z" fill="#fff"/>
"""

GLITCH = Puppet(
    name="glitch",
    defs=_DEFS,
    backdrop=_LOOK,
    body=Part("body", Box(-450, 740, 450, 940), (_BODY,)),
    head=(
        Part("hair", Box(-296, 150, 296, 756), (_BACK,), depth=-12),
        Part("neck", Box(-70, 686, 70, 800), (_NECK,), depth=-10),
        Part("antenna", Box(216, 262, 308, 466), (_ANTENNA,), depth=-4, hinge=(228, 452), swing=1.3),
        Part("shell", Box(-270, 230, 270, 732), (_SHELL + _EARS,), depth=4),
        Part("screen", Box(-176, 308, 176, 694), (_SCREEN,), depth=16),
        Part("scan", Box(-118, 362, 118, 420), (_SCAN,), depth=16, scan=220),
        Part("eyes", Box(-158, 392, 158, 560), tuple(_eyes(state) for state in Eyes), depth=22, gaze=9),
        Part(
            "mouth",
            Box(-82, 574, 82, 680),
            tuple(_lips(shape, level) for shape in Mouth for level in range(MOUTH_LEVELS)) + (_GRIN,),
            depth=22,
            drop=4,
        ),
        Part("fringe", Box(-256, 150, 256, 606), (_FRINGE,), depth=24),
    ),
    neck=(0.0, 770.0),
    mouth=Box(-104, 566, 104, 700),
    slips=True,
)
