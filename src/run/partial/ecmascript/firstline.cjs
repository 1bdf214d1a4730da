exports.first = new Error().stack; // How many columns further the first line of a CommonJS module is told to be.
exports.other = new Error().stack; // An engine that wraps modules in a function counts what it puts before them: these two lines tell.
