"use strict";

/**
 * How a changeset reads in CHANGELOG.md: its text as an item of the list. The hash of a commit, which changesets would put before it, says
 * nothing to a user.
 * @see https://github.com/changesets/changesets/blob/main/docs/modifying-changelog-format.md
 */
module.exports = {
  getReleaseLine: async ({ summary }) => {
    const [first = "", ...rest] = summary.trim().split("\n");
    return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
  },
  // One package depends on no other of its repository.
  getDependencyReleaseLine: async () => "",
};
