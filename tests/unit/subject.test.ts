import assert from "node:assert/strict";
import fc from "fast-check";
import {
  namespacePatternProblem,
  namespaceProblem,
  parseSubject,
  serviceAccountNamePatternProblem,
  serviceAccountNameProblem,
  subjectOf,
} from "../../trust/subject";
import { textOf } from "../support/arbitraries";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const edge = textOf(LETTERS, 1, 1);
const inner = textOf(`${LETTERS}-`, 0, 61);
const label = fc.oneof(
  edge,
  fc.tuple(edge, inner, edge).map((parts) => parts.join("")),
);

describe("subject", () => {
  it("is written as Kubernetes writes it", () => {
    assert.equal(subjectOf("default", "s3-reader"), "system:serviceaccount:default:s3-reader");
  });

  it("is taken apart into what it was made of", () => {
    fc.assert(
      fc.property(label, label, (namespace, name) => {
        assert.deepEqual(parseSubject(subjectOf(namespace, name)), { namespace, name });
      }),
    );
  });

  for (const text of [
    "",
    "default:s3-reader",
    "system:serviceaccount:default",
    "system:serviceaccount:default:",
    "system:serviceaccount::s3-reader",
    "system:serviceaccount:default:s3-reader:x",
    "xsystem:serviceaccount:default:s3-reader",
    "System:serviceaccount:default:s3-reader",
    "system:node:ip-10-0-0-1",
  ]) {
    it(`"${text}" is no ServiceAccount's`, () => {
      assert.equal(parseSubject(text), undefined);
    });
  }
});

describe("names that Kubernetes takes", () => {
  it("any RFC 1123 label is a namespace's name, and a ServiceAccount's", () => {
    fc.assert(
      fc.property(label, (name) => {
        assert.equal(namespaceProblem(name), undefined);
        assert.equal(serviceAccountNameProblem(name), undefined);
      }),
    );
  });

  it("a ServiceAccount's may have dots between labels, a namespace's may not", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 3 }), (labels) => {
        const name = labels.join(".");
        assert.equal(serviceAccountNameProblem(name), undefined);
        assert.match(namespaceProblem(name) ?? "", /not a name that Kubernetes takes|at most 63/);
      }),
    );
  });

  it("no name has any other character, anywhere", () => {
    const strange = textOf("AZ_:/*?$ \n\t\"'+~ä\u200b", 1, 1);
    fc.assert(
      fc.property(label, strange, fc.nat(), (name, character, where) => {
        const at = where % (name.length + 1);
        const broken = name.slice(0, at) + character + name.slice(at);
        fc.pre(broken.length <= 63);
        const wildcard = /[*?]/.test(character) ? /has a wildcard: .*SubjectMatch\.Wildcard/ : undefined;
        assert.match(namespaceProblem(broken) ?? "", wildcard ?? /lower-case letters, digits and '-'/);
        assert.match(
          serviceAccountNameProblem(broken) ?? "",
          wildcard ?? /lower-case letters, digits, '-' and '\.'/,
        );
      }),
    );
  });

  const lengths: [string, (name: string) => string | undefined, number][] = [
    ["namespace", namespaceProblem, 63],
    ["ServiceAccount", serviceAccountNameProblem, 253],
  ];
  for (const [what, problem, longest] of lengths) {
    it(`a ${what}'s has at most ${longest} characters`, () => {
      assert.equal(problem("a".repeat(longest)), undefined);
      assert.equal(
        problem("a".repeat(longest + 1)),
        `is ${longest + 1} characters long; Kubernetes takes at most ${longest}`,
      );
    });

    it(`a ${what}'s is not empty`, () => {
      assert.match(problem("") ?? "", /^is empty: name the /);
    });

    for (const name of ["-a", "a-", ".a", "a.", "a..b", "a.-b"]) {
      it(`a ${what}'s is not "${name}"`, () => {
        assert.match(problem(name) ?? "", new RegExp(`"${name.replaceAll(".", "\\.")}"`));
      });
    }
  }
});

describe("patterns of names", () => {
  const kinds: [string, (pattern: string) => string | undefined, string][] = [
    ["namespace", namespacePatternProblem, "letters, digits, '-' and '*'"],
    ["ServiceAccount", serviceAccountNamePatternProblem, "letters, digits, '-', '.' and '*'"],
  ];
  for (const [what, problem, allowed] of kinds) {
    it(`a ${what}'s may have * anywhere, and as often as one likes`, () => {
      for (const pattern of ["*", "**", "a*", "*-a", "-*", "a*b-*c0"]) {
        assert.equal(problem(pattern), undefined);
      }
    });

    it(`a ${what}'s is a name like any other without *`, () => {
      assert.equal(problem("app-1"), undefined);
      assert.match(problem("") ?? "", /^is empty/);
      assert.match(problem("app-") ?? "", /not a name that Kubernetes takes/);
      assert.match(problem("a?") ?? "", /has a wildcard/);
    });

    for (const pattern of ["A*", "*A", "a*:b", "*?", "* ", " *", "${*}"]) {
      it(`a ${what}'s is not "${pattern}"`, () => {
        const said = `is not a pattern of names that Kubernetes takes: "${pattern}" (lower-case ${allowed})`;
        assert.equal(problem(pattern), said);
      });
    }

    it(`a ${what}'s is at most 253 characters long`, () => {
      assert.equal(problem(`${"a".repeat(252)}*`), undefined);
      assert.match(problem(`${"a".repeat(253)}*`) ?? "", /is 254 characters long/);
    });
  }

  it("a dot stands in a ServiceAccount's, not in a namespace's", () => {
    assert.equal(serviceAccountNamePatternProblem("app.*"), undefined);
    assert.match(namespacePatternProblem("app.*") ?? "", /is not a pattern of names/);
  });
});
