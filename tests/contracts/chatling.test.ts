// Every law of a provider, held by this one; and every law's mutant, caught.

import { hold } from './hold.ts';
import { chatling } from './subjects/chatling.ts';

await hold(chatling);
