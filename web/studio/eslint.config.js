import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Imports run downhill: parts and api know nothing of pages, the canvas knows nothing of pages. */
const downhill = (files, above) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: above.map((room) => ({
          group: [`@/${room}/*`],
          message: `${files[0]} stands below ${room}.`,
        })),
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  tseslint.configs.recommended,
  {
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "no-console": "error",
      eqeqeq: ["error", "smart"],
    },
  },
  downhill(["src/api/**"], ["parts", "pages", "canvas", "app"]),
  downhill(["src/parts/**"], ["pages", "canvas", "app"]),
  downhill(["src/canvas/**"], ["pages"]),
  downhill(["src/pages/**"], ["canvas"]),
);
