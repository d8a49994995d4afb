// Dates are ISO texts on the wire.

/** Null for what is no date. */
export function dateOf(said: string | null | undefined): Date | null {
  const at = said ? new Date(said) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : null;
}
