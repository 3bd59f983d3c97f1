# ruff: noqa: E501
"""What could act on a reader: names, HTML, markdown, pictures and terminal text. `{trap}` is an address."""

from __future__ import annotations

NAMES = [
    "<svg onload=alert(1)>",
    "\"'><img src=x onerror=alert(2)>",
    "<title><script>alert(3)<script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    '=HYPERLINK("http:evil",1)',
    "+1;=1+1",
    "@SUM(1)",
    "-1+cmd|calc",
    "＝1+1",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "\x1b]8;;http:evil\x1b\\link",
    "bell\x07back\x08\x7f\x9b31m\x9d0;c1\x9c",
    "first\rsecond\nthird\ttab",
    "right\u202egnp.lecxe\u2066to\u200bleft",
    "::error file=a::injected",
    "##vso[task.setvariable]x ##[group]",
    "a" + "\u0301" * 60,
    "]]> --> * %0A",
    "-rf",
    "x" * 240,
]
"""Of students: names of their files, less what no file system takes."""
STYLE = "position:fixed;inset:0;z-index:9999;background:url({trap}/style)"
PIECES = [
    "<script>fetch('{trap}/script');alert(1)</script><script src={trap}/src></script>",
    "<img src={trap}/img srcset='{trap}/srcset 2x' onerror=alert(2) onload=alert(3)>",
    "<img src=x onerror=\"new Image().src='{trap}/onerror'\">",
    "<svg onload=alert(4)><script>alert(5)</script><image href='{trap}/svg'/><a href='javascript:alert(6)'>"
    "<text>x</text></a><animate attributeName=href values='javascript:alert(7)'/><use href='{trap}/use#a'/></svg>",
    f"<div style='{STYLE}' class='check failed' id=todo lang=ko hidden>cover</div>",
    "<style>@import url({trap}/import);*{{display:none!important;background:url({trap}/css)}}</style>",
    "<link rel=stylesheet href={trap}/link><link rel=preconnect href={trap}><link rel=icon href={trap}/icon>",
    "<meta http-equiv=refresh content='0;url={trap}/refresh'><base href='{trap}/base/' target=_top>",
    "<iframe src={trap}/frame srcdoc='<script>alert(8)</script>'></iframe><frameset><frame src={trap}/f></frameset>",
    "<object data={trap}/object><embed src={trap}/embed><applet code={trap}/applet></object>",
    "<form action={trap}/form method=post><input name=a autofocus onfocus=alert(9)><button>go</button></form>",
    "<a href='javascript:alert(10)'>a</a><a href='data:text/html,<script>alert(11)</script>'>b</a>"
    "<a href='vbscript:x'>c</a><a href=' java\tscript:alert(12)' ping={trap}/ping>d</a><a href={trap}/a>e</a>",
    "<video src={trap}/video autoplay><track src={trap}/track></video><audio src={trap}/audio autoplay></audio>"
    "<picture><source srcset={trap}/source></picture><input type=image src={trap}/input>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(13)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(14)>'></svg>",
    "<noscript><p title='</noscript><img src=x onerror=alert(15)>'></noscript>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(16)></style></form>",
    "<template><script>alert(17)</script></template><details open ontoggle=alert(18)><summary>s</summary></details>",
    "</pre></div></section></main></body></html><script>alert(19)</script>",
    "</style></script></textarea></title>]]>--><script>alert(20)</script>",
    "<table background={trap}/bg><td colspan=999 rowspan=999 background={trap}/td>x</table>",
    "<marquee onstart=alert(21)>m</marquee><dialog open>d</dialog><div popover id=p>p</div>"
    "<button popovertarget=p>b</button><p contenteditable onfocus=alert(22) autofocus tabindex=1 accesskey=x>p</p>",
    "<img alt='" + "x" * 3000 + "' src=x " + "a" * 2000 + "=1>" + "<b>" * 400,
    "<p onclick=alert(23) onmouseover=alert(24) onpointerenter=alert(25) onanimationstart=alert(26)>hover</p>",
    "<xmp><script>alert(27)</script></xmp><plaintext><script>alert(28)</script>",
]  # fmt: skip
MARKDOWN = [
    "[a](javascript:alert(31)) [b](data:text/html,x) [c](vbscript:x) [d]({trap}/d) <{trap}/e> {trap}/f",
    "![a]({trap}/md.png) ![b](javascript:alert(32)) ![c](data:image/svg+xml;base64,PHN2Zz4=) [![d]({trap}/g)]({trap}/h)",
    "[a]: javascript:alert(33)\n[a] [b][a]\n\n```\n</pre><script>alert(34)</script>\n```\n\n$</code><script>$",
    "| a |\n|---|\n| <script>alert(35)</script> |\n\n# <img src=x onerror=alert(36)>\n\n<!-- --!><script>alert(37)-->",
    "`</code><script>alert(38)</script>` **<style>*{{display:none}}</style>** &lt;script&gt; \\<script>",
]  # fmt: skip
TERMINAL = (
    "\x1b]8;;{trap}/osc\x1b\\link\x1b]8;;\x1b\\ \x1b]0;title\x07 \x1b]52;c;ZXZpbA==\x07 \x1bP1$r\x1b\\ \x1b_G\x1b\\ "
    "\x9b31m \x07 \x08 \u202eevil\u2066 \u200b \x00 a\rb </pre><script>alert(40)</script>"
    + "z"
    + "\u0301" * 500
)
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' onload='alert(41)'"
    " width='10' height='10'><script>alert(42)</script><style>path {{ fill: red }}</style>"
    "<image xlink:href='{trap}/svgimage'/><path style='fill:url({trap}/fill)' d='M0 0L9 9'/>"
    "<set attributeName='href' to='javascript:alert(43)'/></svg>"
)
BOMB = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><defs><path id='a0'/>"
    + "".join(f"<g id='a{n + 1}'>" + f"<use xlink:href='#a{n}'/>" * 10 + "</g>" for n in range(8))
    + "</defs><use xlink:href='#a8'/></svg>"
)
MIMES = [
    "text/html", "text/markdown", "text/latex", "text/plain", "text/css", "text/javascript", "text/xml",
    "application/javascript", "application/ecmascript", "application/json", "application/pdf",
    "application/xhtml+xml", "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json",
    "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "audio/wav",
    "TEXT/HTML", "text/html; charset=utf-8", "<script>alert(50)</script>/x", "x/\x1b[31m\u202e",
]  # fmt: skip
