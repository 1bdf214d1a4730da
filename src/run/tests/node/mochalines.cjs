// Loaded before mocha, so that every file of the project is counted from its beginning.
'use strict';
require('./lines.cjs').begin(require('./rows.cjs').write);
