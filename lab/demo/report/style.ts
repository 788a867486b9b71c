import { colourRules } from "./colours";

const LIGHT = `:root{--page:#f6f7fb;--card:#ffffff;--text:#161b26;--soft:#4f596b;--edge:#d5dae5;--good:#116634;
--good-ground:#e6f6ec;--bad:#b3141b;--bad-ground:#fdecec;--wait:#8a4b00;--wait-ground:#fff3de;--key:#4b2a9b;
--value:#0a5c50;--role:#1b2440;--role-text:#ffffff;--role-soft:#c9d3ee;--role-inset:#2a3658;--on-line:#ffffff}
.other{--line:#5b6578;--ground:#f1f3f7}
${colourRules("light")}`;

const DARK = `:root{--page:#0c111b;--card:#141b29;--text:#e8ecf5;--soft:#a9b4c8;--edge:#2c374c;--good:#6ee7a0;
--good-ground:#10291c;--bad:#ff9c9c;--bad-ground:#351619;--wait:#ffc978;--wait-ground:#30220d;--key:#c9b6ff;
--value:#7fe3cf;--role:#e8ecf5;--role-text:#0f1626;--role-soft:#3d485f;--role-inset:#d2d9e8;--on-line:#0c111b}
.other{--line:#a9b4c8;--ground:#1b2434}
${colourRules("dark")}`;

const PAGE = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2rem clamp(1rem,3vw,3rem);max-width:86rem;background:var(--page);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{margin:.1rem 0 .5rem;font-size:clamp(1.7rem,4vw,2.5rem);line-height:1.15;letter-spacing:-.02em}
h2{margin:0 0 1rem;font-size:1.25rem}
p{margin:.4rem 0}
code,pre,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:.88em}
.brand{margin:0;color:var(--soft);font-weight:600}
.summary{font-size:1.1rem;max-width:70rem}
.verdict-line{font-weight:700}.verdict-line.ok{color:var(--good)}.verdict-line.fail{color:var(--bad)}
.when,figcaption,caption{color:var(--soft);font-size:.9rem}
section{margin:1.5rem 0;padding:clamp(1rem,2vw,1.6rem);background:var(--card);border:1px solid var(--edge);border-radius:14px}
footer{color:var(--soft)}
.label{display:inline-block;padding:.05rem .5rem;border-radius:6px;background:var(--line);color:var(--on-line);font-size:.85rem;font-weight:600}
table{border-collapse:collapse;width:100%}
caption{text-align:left;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid var(--edge)}
thead th{color:var(--soft);font-size:.85rem;font-weight:600}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}`;

const PICTURE = `.picture{margin:0}
.stage{display:grid;grid-template-columns:minmax(0,5fr) 4rem minmax(0,3fr) 4rem minmax(0,5fr);align-items:stretch}
.lanes{list-style:none;margin:0;padding:0;display:grid;grid-auto-rows:1fr}
.lane{position:relative;display:grid;grid-template-columns:minmax(0,2fr) 1.75rem minmax(0,3fr);align-items:center;padding:.45rem 0}
.using .lane{padding-left:.9rem;display:flex;flex-direction:column;justify-content:center;align-items:stretch;gap:.6rem}
.using .lane::before{content:"";position:absolute;left:0;top:.7rem;bottom:.7rem;width:4px;border-radius:2px;background:var(--line)}
.using .lane.empty::before{background:var(--edge)}
.ways{display:flex;flex-direction:column;gap:.45rem;min-width:0}
.pair{display:grid;grid-template-columns:minmax(0,1fr) 1.75rem minmax(0,1fr);align-items:center}
.box{display:flex;flex-direction:column;gap:.1rem;padding:.5rem .7rem;border:1.5px solid var(--line);border-radius:10px;background:var(--ground);min-width:0}
.box .name{font-size:.92rem;line-height:1.3}.box .code.name{font-size:.78rem}
.kind{color:var(--line);font-size:.74rem;font-weight:600;line-height:1.3}
.detail{color:var(--soft);font-size:.8rem}
.adopted{border-style:dashed}
.where{color:var(--line);font-size:.8rem}
.state{align-self:flex-start;margin-top:.2rem;padding:.05rem .45rem;border-radius:6px;font-size:.78rem;font-weight:600}
.state::before{content:"● ";font-size:.8em}
.state.good{color:var(--good);background:var(--good-ground)}.state.waiting{color:var(--wait);background:var(--wait-ground)}
.state.bad{color:var(--bad);background:var(--bad-ground)}.state.none{color:var(--soft);background:var(--card)}
.role-place{position:relative;display:flex;align-items:center}
.box.role{width:100%;padding:1rem;gap:.35rem;border-color:var(--role);background:var(--role);color:var(--role-text)}
.role .name{font-size:1.15rem}.role .kind,.role .detail{color:var(--role-soft)}
.policy{align-self:flex-start;padding:.15rem .5rem;border-radius:6px;background:var(--role-inset);color:var(--role-text)}
.arrow{width:1.5rem;height:.75rem;justify-self:center}
.role-place::before{content:"";position:absolute;left:-.55rem;border:.4rem solid transparent;border-left:.6rem solid var(--role);border-right:0}
.fan{width:100%;height:100%;display:block;overflow:visible}
.line{fill:none;stroke:var(--line);stroke-width:2;vector-effect:non-scaling-stroke}
.head{fill:var(--line)}
figcaption{margin-top:1rem}`;

const REST = `.document{border:1px solid var(--edge);border-radius:10px;padding:.8rem}
pre{margin:0;white-space:pre-wrap;line-height:1.55;font-size:.82rem}
.statement{margin:.5rem 0;padding:.5rem .8rem;border-left:5px solid var(--line);border-radius:6px;background:var(--ground)}
.of{margin:0 0 .3rem;font-size:.82rem;color:var(--soft);user-select:none}
.key{color:var(--key)}.value{color:var(--value)}
.figure strong{font-size:1.5rem}
.bar{display:flex;height:1.5rem;margin:.6rem 0 1.2rem;border:1px solid var(--soft);border-radius:8px;overflow:hidden;background:var(--page)}
.part{background:var(--line);border-right:2px solid var(--card)}
.costs{max-width:34rem}
tfoot th,tfoot td{border-bottom:0;font-weight:700}
.run{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2rem;align-items:start}
.proof{table-layout:fixed}
.proof thead th:nth-child(1){width:9.5rem}.proof thead th:nth-child(2){width:14rem}
.proof thead th:nth-child(3){width:10rem}.proof thead th:nth-child(4){width:18rem}
.verdict{font-weight:700;font-size:.88rem}.ok .verdict{color:var(--good)}.fail .verdict{color:var(--bad)}
tr.fail{background:var(--bad-ground)}
.cell-name{display:none}
.outcome{display:inline-block;padding:0 .45rem;border-radius:6px;font-size:.8rem;font-weight:600}
.granted{color:var(--good);background:var(--good-ground)}.refused{color:var(--wait);background:var(--wait-ground)}
.expected{display:block;color:var(--bad)}`;

const NARROW = `@media (max-width:62rem){
.stage{grid-template-columns:minmax(0,1fr)}
.fan{display:none}
.lanes{grid-auto-rows:auto}
.role-place{padding:1.6rem 0;flex-direction:column}
.role-place::before,.role-place::after{content:"";position:absolute;left:50%;margin-left:-.5rem;
border:.5rem solid transparent;border-top:.75rem solid var(--soft);border-bottom:0}
.role-place::before{top:.4rem}.role-place::after{bottom:.4rem}
.proof thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.proof,.proof tbody,.proof tr,.proof td,.proof tbody th{display:block}
.proof tr{padding:.6rem .5rem;border-bottom:1px solid var(--edge)}
.proof td,.proof tbody th{border:0;padding:.1rem 0}
.proof td:has(.cell-name){display:grid;grid-template-columns:4.5rem minmax(0,1fr)}
.cell-name{display:block;color:var(--soft);font-size:.85rem}
}
@media (max-width:40rem){
body{padding:1rem .75rem}
.lane,.pair{grid-template-columns:minmax(0,1fr)}
.arrow{transform:rotate(90deg);margin:.4rem 0}
.statement{padding:.4rem .5rem}.document{padding:.5rem}
pre{font-size:.75rem;word-break:break-all}
}
@media print{section{break-inside:avoid}}`;

/** The page's whole style sheet. */
export const STYLE = [
  LIGHT,
  `@media (prefers-color-scheme:dark){\n${DARK}\n}`,
  PAGE,
  PICTURE,
  REST,
  NARROW,
].join("\n");
