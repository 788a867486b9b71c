import type { ProofRow } from "../table";
import { colourOf } from "./colours";
import { markup, type Content, type Html } from "./markup";
import type { ReportModel } from "./model";

const COLUMNS = ["result", "who", "cluster", "tried", "answer"];

/** Everything that was tried, with the answers. Its roles are said, for a narrow page lays it out as no table. */
export function proofTable({ rows, clusters }: ReportModel): Html {
  const colour = new Map(clusters.map(({ name, index }) => [name, colourOf(index)]));
  return markup`<table class="proof" role="table" aria-label="Who may and who may not">
    <thead role="rowgroup">
      <tr role="row">
        ${COLUMNS.map((name) => markup`<th scope="col" role="columnheader">${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((row) => line(row, colour.get(row.cluster)))}
    </tbody>
  </table>`;
}

function line(row: ProofRow, colour: string | undefined): Html {
  const cluster = colour ? markup`<span class="label ${colour}">${row.cluster}</span>` : row.cluster;
  const answer = markup`${outcomeOf(row)}<span class="code">${row.answer}</span>
    ${row.ok ? "" : markup`<span class="expected">expected: <span class="code">${row.expected}</span></span>`}`;
  return markup`<tr role="row" class="${row.ok ? "ok" : "fail"}">
    <td role="cell" class="verdict">${row.ok ? "✓ as expected" : "✗ not as expected"}</td>
    <th scope="row" role="rowheader">${row.who}</th>
    ${cell("cluster", cluster)}${cell("tried", row.tried)}${cell("answer", answer)}
  </tr>`;
}

function cell(name: string, content: Content): Html {
  return markup`<td role="cell">
    <span class="cell-name" aria-hidden="true">${name}</span><span class="cell">${content}</span>
  </td>`;
}

function outcomeOf({ outcome }: ProofRow): Content {
  return outcome === undefined ? "" : markup`<span class="outcome ${outcome}">${outcome}</span> `;
}
