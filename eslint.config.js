import js from "@eslint/js";
import globals from "globals";

/** Titles and abstracts are written by strangers: text reaches the page as text nodes only. */
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment"].map(
  (property) => ({
    property,
    message: "Use textContent, or h() of dom.js.",
  }),
);

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      "default-param-last": "error",
      eqeqeq: "error",
      "no-alert": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-lonely-if": "error",
      "no-param-reassign": "error",
      "no-restricted-properties": ["error", ...markup, { object: "document", property: "write" }],
      // What joins the modules leaves out room in texts that stand in texts.
      "no-restricted-syntax": [
        "error",
        { selector: "TemplateLiteral TemplateLiteral", message: "Give the inner text a name." },
      ],
      "no-return-assign": ["error", "except-parens"],
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-unneeded-ternary": "error",
      "no-unused-expressions": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-useless-concat": "error",
      "no-useless-rename": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["explorer/dashboard/frontend/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/frontend/*.js"], languageOptions: { globals: globals.node } },
];
