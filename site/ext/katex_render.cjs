// Renders formulas for katex_offline.py: one JSON object a line in, one a line out. Ends when its
// input does, so that it never outlives the build.
// Usage: node katex_render.cjs path/to/katex.min.js
const katex = require(process.argv[2]);

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { latex, options } = JSON.parse(line);
    let answer;
    try {
      answer = { html: katex.renderToString(latex, { ...options, throwOnError: true }) };
    } catch (error) {
      answer = { error: String(error.message ?? error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
