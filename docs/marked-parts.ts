// The parts of a Markdown file that the code writes: what stands between two marks, and the answer below a query.

/** By the name in their first mark: `<!-- npm run docs: support -->`. */
export type Parts = Readonly<Record<string, string>>;

export interface Example {
  readonly query: string;
  readonly answer: string;
}

const PART = /(<!-- npm run docs: ([\w -]+) -->\n\n)[^]*?\n*(<!-- end -->)/g;

/** A query with its answer below, as two fenced blocks with nothing but an empty line between them. */
const EXAMPLE = /```graphql\n([^]*?)```\n\n```json\n([^]*?)```/g;

export function withParts(markdown: string, parts: Parts): string {
  return markdown.replaceAll(PART, (_all, before: string, name: string, after: string) => {
    const part = parts[name];
    if (part !== undefined) return `${before}${part}\n\n${after}`;
    throw new Error(
      `No part is called "${name}"; those there are: ${Object.keys(parts).join(', ')}.`,
    );
  });
}

export function examplesIn(markdown: string): Example[] {
  return [...markdown.matchAll(EXAMPLE)].map(([, query = '', answer = '']) => ({ query, answer }));
}

export async function withAnswers(
  markdown: string,
  ask: (query: string) => Promise<unknown>,
): Promise<string> {
  const answers = await Promise.all(examplesIn(markdown).map(({ query }) => ask(query)));
  let told = 0;
  return markdown.replaceAll(EXAMPLE, (_example, query: string) => {
    const answer = inLines(answers[told]);
    told += 1;
    return `\`\`\`graphql\n${query}\`\`\`\n\n\`\`\`json\n${answer}\n\`\`\``;
  });
}

const LINE_CHARACTERS = 110;
/** Above this depth every field has a line of its own. */
const OPEN_SPACES = 4;

/** JSON with as much on a line as can be read there: an answer should not fill the page with braces. */
function inLines(value: unknown, indent = ''): string {
  const whole = inOneLine(value);
  if (typeof value !== 'object' || value === null) return whole;
  const fits = indent.length + whole.length <= LINE_CHARACTERS;
  if (fits && (indent.length >= OPEN_SPACES || whole.length <= 2)) return whole;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Array.isArray(value)
    ? value.map((item) => deeper + inLines(item, deeper))
    : Object.entries(value).map(([key, item]) => `${deeper}"${key}": ${inLines(item, deeper)}`);
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const fields = Object.entries(value).map(([key, item]) => `"${key}": ${inOneLine(item)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
