// By what one request is found again, in our log and in that of whoever sent it.

import { randomUUID } from 'node:crypto';

/** The one that came along where it is fit for a line of a log, else a new one. */
export function requestIdOf(said: string | readonly string[] | undefined): string {
  return typeof said === 'string' && SANE.test(said) ? said : randomUUID();
}

const SANE = /^[A-Za-z0-9._-]{1,64}$/;
