// Every law of a provider, held by this one; and every law's mutant, caught.

import { hold } from './hold.ts';
import { botpress } from './subjects/botpress.ts';

await hold(botpress);
