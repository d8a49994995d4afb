// What an end user may not say, by its path and with its mend.

import { failed } from '../domain/failure.ts';

export function leaveOut(path: string, why: string): ReturnType<typeof failed> {
  return failed({ kind: 'not-allowed', said: `\`${path}\` ${why}; leave it out.` });
}
