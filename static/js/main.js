// What script adds to pages that work without it. Each part stands in a module of its own below parts/
// and is imported here; none may be needed to read, publish or moderate.
import { leadToFaults } from './parts/faults.js';
import { countCharacters } from './parts/count.js';
import { addUploads } from './parts/uploads.js';
import { previewWhileTyping } from './parts/preview.js';
import { workByKeys } from './parts/desk.js';
import { showWhileChoosing } from './parts/colour.js';
import { warnBeforeLeaving } from './parts/leave.js';

leadToFaults();
for (const field of document.querySelectorAll('[data-max]')) countCharacters(field);
const form = document.querySelector('form#post');
if (form) previewWhileTyping(form);
for (const taking of document.querySelectorAll('form[data-uploader]')) addUploads(taking);
for (const written of document.querySelectorAll('form#reply, form#report')) warnBeforeLeaving(written);
const desk = document.querySelector('table.desk');
if (desk) workByKeys(desk);
const colour = document.querySelector('form#colour-form');
if (colour) showWhileChoosing(colour);
