// Takes credentials out of text by their value, in whatever dress: what is about to leave the process is looked at once more,
// whoever wrote it. The second of two nets: docs/decisions/0023-two-nets-under-the-log.md

const REDACTED = '«redacted»';

/** Whatever is shorter is no credential, and would tear holes into every line. */
const SHORTEST = 6;

export interface Scrubber {
  /** From now on these are never seen. */
  know(secrets: Iterable<string>): void;
  /** The same text without any that is known, nor any that is a credential by its looks. */
  scrub(text: string): string;
}

export function openScrubber(): Scrubber {
  const dresses = new Set<string>();
  let known: RegExp | undefined;
  return {
    know(secrets) {
      for (const secret of secrets) {
        if (secret.length >= SHORTEST) for (const dress of dressesOf(secret)) dresses.add(dress);
      }
      // The longest first: where one begins with another, its end would stay behind.
      const longestFirst = [...dresses].toSorted((one, other) => other.length - one.length);
      known = dresses.size > 0 ? new RegExp(longestFirst.map(escaped).join('|'), 'g') : undefined;
    },
    scrub: (text) => withoutLookalikes(known ? text.replace(known, REDACTED) : text),
  };
}

/** What was presented to this gateway is nowhere written down: a key of ours and a JWT are known by their shape. */
const LOOKALIKES =
  /\bplk_[\w-]{6,}|(?<![\w-])ey[AJ][\w-]{10,}\.[\w-]+\.[\w-]*|\b[Bb]earer +[\w.~+/=-]{6,}/g;

function withoutLookalikes(text: string): string {
  return text.replace(LOOKALIKES, REDACTED);
}

/** As itself, as JSON writes it, as addresses do, and in base64, wherever in the encoded text it begins. */
function dressesOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inAddress = encodeURIComponent(secret);
  const inForm = new URLSearchParams({ _: secret }).toString().slice(2);
  return [secret, inJson, inAddress, inForm, ...[0, 1, 2].flatMap((at) => encodedAt(secret, at))];
}

/** What its middle looks like in base64 behind so many other bytes: the edges depend on its neighbours. */
function encodedAt(secret: string, bytesBefore: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(secret)]);
  const from = Math.ceil((bytesBefore * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  const middle = bytes.toString('base64').slice(from, to);
  return middle.length < SHORTEST ? [] : [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
