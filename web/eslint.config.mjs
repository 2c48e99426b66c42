import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const REACT_FREE = "View models and the client are tested without a browser: no React and no page in them.";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "packages/api/src/schema.ts", "apps/*/public/**"] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/method-signature-style": ["error", "property"],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Tables of words, not code.
    files: ["**/locales/*.ts"],
    rules: { "max-lines": ["error", { max: 500, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ["packages/{api,model,phone}/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["react", "react-*", "antd", "@ant-design/*", "@lingtong/ui"], message: REACT_FREE }] },
      ],
      "no-restricted-globals": ["error", "document", "window", "localStorage"],
    },
  },
  {
    files: ["packages/api/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["react", "antd", "@lingtong/*"], message: REACT_FREE }] }],
    },
  },
  { files: ["**/test/**"], rules: { "@typescript-eslint/explicit-function-return-type": "off" } },
);
