// Which known word somebody meant by an unknown one, if any is near enough to be worth saying.

export function nearest(said: string, known: readonly string[]): string | undefined {
  const wanted = plain(said);
  const ranked = known
    .map((word) => ({ word, edits: editsBetween(wanted, plain(word)) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(word.length / 3)))
    .toSorted((one, other) => one.edits - other.edits);
  return ranked[0]?.word;
}

/** `bot_id` and `BotID` are both `botId` written by habit, not by mistake. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

function editsBetween(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const added = (current[column - 1] ?? 0) + 1;
      const dropped = (above[column] ?? 0) + 1;
      current.push(Math.min(replaced, added, dropped));
    }
    above = current;
  }
  return above[other.length] ?? 0;
}
