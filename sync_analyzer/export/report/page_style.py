"""The style sheet of the HTML report: paper, phone, light and dark."""

CSS = """
:root{--paper:#fbfbf9;--card:#fff;--ink:#1b1f24;--soft:#5b636d;--line:#dfe2e0;--grid:#eceeec;
--good:#1d7a4c;--warn:#9a6700;--bad:#b3261e;--none:#5b636d;--accent:#0b5cad;
--e0:#c3cad3;--e1:#8fb0cf;--e2:#3f7fb5;--e3:#123f6b;
--fit:#d1480f;--edit:#b3261e;--open:#8a8f98;--tolerated:#1d7a4c;--before:#a85a1a;--after:#1d7a4c;
--master:#41505f}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1c2024;--ink:#e8eaec;
--soft:#a2abb5;--line:#343a41;--grid:#282d33;--good:#57c98c;--warn:#e0b04a;--bad:#ff8a80;
--none:#a2abb5;--accent:#7cb8f2;--e0:#4c5561;--e1:#4f7ca6;--e2:#78b3e6;--e3:#d4eaff;
--fit:#ff8a4c;--edit:#ff8a80;--open:#8a94a0;--tolerated:#57c98c;--before:#e3a468;--after:#57c98c;
--master:#aab6c2}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:28px 20px 60px}
header p,footer{color:var(--soft);margin:0}
h1{font-size:1.9rem;line-height:1.2;margin:.35rem 0 .3rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.1rem;margin:0 0 .2rem}
h3{font-size:.95rem;margin:1.1rem 0 .3rem}
.files{overflow-wrap:anywhere}
.action{font-size:1.1rem;color:var(--ink);margin:0 0 1rem}
.status{display:inline-flex;align-items:center;gap:.45em;font-weight:650;font-size:.9rem;
padding:.22em .75em;border-radius:99px;border:1.5px solid currentColor;margin-top:1rem}
.status.pass{color:var(--good)}.status.warn{color:var(--warn)}
.status.fail{color:var(--bad)}.status.none{color:var(--none)}
.status i{font-style:normal}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));
background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;
margin:1rem 0}
.numbers div{padding:.6rem .85rem;box-shadow:0 0 0 .5px var(--line)}
.numbers dt{color:var(--soft);font-size:.8rem}
.numbers dd{margin:0;font-size:1.08rem;font-weight:600;font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;
padding:18px 20px;margin:18px 0}
section>p{color:var(--soft);margin:.1rem 0 .7rem;max-width:75ch}
ul{margin:.4rem 0;padding-left:1.2rem}
.scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:500;text-align:left;border-bottom:1px solid var(--line)}
th,td{padding:.36rem .9rem .36rem 0;vertical-align:top}
td{border-bottom:1px solid var(--grid)}
tr:last-child td{border-bottom:0}
.num{text-align:right;white-space:nowrap}
.wrap td{overflow-wrap:anywhere}
.wrap td:first-child{color:var(--soft);white-space:nowrap}
.note{color:var(--soft);font-size:.85rem}
svg{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
svg text{fill:var(--soft)}
.grid{stroke:var(--grid)}.zero{stroke:var(--soft);stroke-opacity:.55}
.frame{fill:none;stroke:var(--line)}
.axis{font-weight:600}
.dot{stroke:var(--card);stroke-width:.6}
.ring{stroke-width:1}
.ring.e0{stroke:var(--e0)}.ring.e1{stroke:var(--e1)}.ring.e2{stroke:var(--e2)}
.ring.e3{stroke:var(--e3)}
.e0{fill:var(--e0)}.e1{fill:var(--e1)}.e2{fill:var(--e2)}.e3{fill:var(--e3)}
svg .ring{fill:none}
.fit{stroke:var(--fit);stroke-width:1.4;fill:none}
.edit{stroke:var(--edit);stroke-dasharray:4 3}
svg .edit-name{fill:var(--edit);font-weight:600}
.open{fill:var(--open);fill-opacity:.17}
.tolerated{fill:var(--tolerated);fill-opacity:.09}
.curve{fill:none;stroke:var(--e2);stroke-width:1.2}.area{fill:var(--e2);fill-opacity:.14}
.answer{stroke:var(--fit);stroke-width:1.6}svg .answer-name{fill:var(--fit);font-weight:650}
.rival{fill:none;stroke:var(--soft);stroke-width:1.4}svg .rival-name{font-weight:650}
.other-segment{fill:none;stroke:var(--fit);stroke-width:1.6}
.wave-master{fill:var(--master)}.wave-before{fill:var(--before)}.wave-after{fill:var(--after)}
.event{stroke:var(--ink);stroke-width:1.4}.ghost{stroke-dasharray:3 3;stroke-opacity:.6}
.shift{stroke:var(--ink);stroke-width:2}svg .shift-name{fill:var(--ink);font-weight:650;
paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;color:var(--soft);font-size:.83rem;
margin:.5rem 0 0;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:.4rem}
.swatch{width:11px;height:11px;border-radius:50%;flex:none}
.swatch.ringed{border:1.5px solid var(--e3);width:9px;height:9px}
.swatch.bar{width:18px;height:4px;border-radius:2px}.swatch.box{border-radius:2px;width:14px}
.b0{background:var(--e0)}.b1{background:var(--e1)}.b2{background:var(--e2)}.b3{
background:var(--e3)}
.bf{background:var(--fit)}.bo{background:var(--open);opacity:.35}
.bt{background:var(--tolerated);opacity:.25}
.places{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:20px}
figure{margin:0;min-width:0}
figcaption{font-size:.85rem;color:var(--soft);margin-top:.35rem}
figcaption b{color:var(--ink);font-weight:600}
.spectrum{position:relative;margin-bottom:3px}
.spectrum img{display:block;width:100%;height:120px;border-radius:4px}
.spectrum span{position:absolute;left:6px;top:5px;color:#fff;font-size:.74rem;font-weight:600;
background:#0c0d22b0;padding:.05em .5em;border-radius:3px}
.spectrum em{position:absolute;right:5px;transform:translateY(-50%);color:#fff;font-style:normal;
font-size:.66rem;text-shadow:0 0 3px #000,0 0 3px #000}
.narrow{display:none}
@media (max-width:640px){main{padding:16px 10px 40px}section{padding:14px 12px;border-radius:10px}
h1{font-size:1.5rem}.wide{display:none}.narrow{display:block}.numbers{
grid-template-columns:1fr 1fr}
.stack thead{display:none}.stack tr{display:block;border-bottom:1px solid var(--line);
padding:.4rem 0}
.stack tr:last-child{border:0}
.stack td{display:flex;white-space:normal;justify-content:space-between;gap:1rem;border:0;
padding:.14rem 0;
text-align:right;overflow-wrap:anywhere}
.stack td::before{content:attr(data-name);color:var(--soft);text-align:left;flex:none;
max-width:50%}
.stack td:empty{display:none}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#e6e6e6;
--good:#1d7a4c;--warn:#9a6700;--bad:#b3261e;--none:#444;--e0:#c3cad3;--e1:#8fb0cf;--e2:#3f7fb5;
--e3:#123f6b;--fit:#d1480f;--edit:#b3261e;--open:#8a8f98;--tolerated:#1d7a4c;--before:#a85a1a;
--after:#1d7a4c;--master:#41505f}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
html{font-size:11.5px}body{font-size:1rem}.numbers,.places{grid-template-columns:repeat(3,1fr)}
main{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);
border-radius:0;padding:10px 0;margin:8px 0}.keep,figure,tr,svg,.stack{break-inside:avoid}
h2,h3,section>p{break-after:avoid}}
@page{margin:14mm}
"""
