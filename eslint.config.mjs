import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", ".stryker/**", "tests/fixtures/stacks/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: "tests/tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Numbers are read as well inside a template as outside of it; an Output or an object is not.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A resource is created for its effect.
      "no-new": "off",
      "@typescript-eslint/no-extraneous-class": "off",
      // The Kubernetes client's models are classes by name only.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      eqeqeq: "error",
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      // Tests look into documents whose shape they have just asserted.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        setTimeout: "readonly",
        module: "writable",
        require: "readonly",
      },
    },
  },
);
