<?php

/**
 * Records which functions of a project called which, as rows of winnow.calls/1, while its tests run.
 *
 *   php perf/record-calls.php rewrite COPY src tests          functions of a copy report that they were entered
 *   CALLS_ROOT=DIR CALLS_COPY=COPY CALLS_OUT=DIR php -d auto_prepend_file=perf/record-calls.php vendor/bin/phpunit …
 *
 * The copy is rewritten without moving a line, so what runs tells lines of the original in CALLS_ROOT, where the column of the called
 * name is looked up. Two calls of one name in one line count as the first. Generators begin later than they are called and
 * are left out, arrow functions have no body to report from, and a call that entered nothing of the project is not seen.
 */
final class WinnowCalls
{
    private const MOST = 200000;

    private static string $root = '';
    private static string $copy = '';
    /** @var array<string, int> rows as JSON without their count */
    private static array $rows = [];
    /** @var array<string, string> place and callee to its row */
    private static array $known = [];
    private static int $dropped = 0;
    /** @var array<string, array<int, list<array{string, int, int}>>> by path and line: text, column, kind of token */
    private static array $tokens = [];
    /** @var array<string, int> line of a function by path and name */
    private static array $lines = [];

    public static function begin(): void
    {
        self::$root = rtrim((string) realpath((string) getenv('CALLS_ROOT')), '/') . '/';
        self::$copy = rtrim((string) realpath((string) getenv('CALLS_COPY')), '/') . '/';
        register_shutdown_function([self::class, 'write']);
    }

    public static function in(int $line, string $name): void
    {
        $frames = debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS | DEBUG_BACKTRACE_PROVIDE_OBJECT, 4);
        $path = self::inside($frames[0]['file'] ?? '');
        if ($path === null) {
            return;
        }
        self::$lines["$path $name"] = $line;
        // A call that comes from inside the language has no place: the one before has.
        $direct = isset($frames[1]['file']);
        $at = $direct ? $frames[1] : ($frames[2] ?? []);
        $from = $at['file'] ?? '';
        $callLine = $at['line'] ?? 0;
        $around = $frames[$direct ? 2 : 3] ?? [];
        $key = "$path:$line $from:$callLine " . ($direct ? '' : '?');
        $row = self::$known[$key] ??= self::row($path, $line, $name, $from, $callLine, $direct, $around);
        self::add($row);
        if (str_ends_with($row, "\tconstruct")) {
            self::add(self::classRow($row, $frames[1]['object'] ?? null));
        }
    }

    private static function add(string $row): void
    {
        if ($row === '') {
            return;
        }
        if (isset(self::$rows[$row])) {
            self::$rows[$row]++;
        } elseif (count(self::$rows) >= self::MOST) {
            self::$dropped++;
        } else {
            self::$rows[$row] = 1;
        }
    }

    /** The class that `new` names may have inherited the constructor that it entered. */
    private static function classRow(string $row, ?object $made): string
    {
        $class = $made === null ? null : new ReflectionClass($made);
        $path = $class === null || $class->isAnonymous() ? null : self::inside((string) $class->getFileName());
        if ($path === null) {
            return '';
        }
        $places = json_decode(strtok($row, "\t"), true);
        $places['callee'] = ['path' => $path, 'line' => $class->getStartLine(), 'name' => $class->getShortName()];
        return json_encode($places, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\tclass";
    }

    private static function row(string $path, int $line, string $name, string $from, int $callLine, bool $direct, array $around): string
    {
        $caller = self::inside($from);
        if ($caller === null) {
            return '';
        }
        $callerName = self::nameOf($around);
        $method = substr($name, (int) strrpos('.' . $name, '.'));
        [$column, $how] = $direct ? self::place($caller, $callLine, $method, $name) : [0, 'through'];
        return (string) json_encode([
            'caller' => ['path' => $caller, 'line' => self::$lines["$caller $callerName"] ?? 0, 'name' => isset(self::$lines["$caller $callerName"]) ? $callerName : '<module>'],
            'callee' => ['path' => $path, 'line' => $line, 'name' => $name],
            'callLine' => $callLine,
            'callColumn' => $column,
        ], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\t" . $how;
    }

    private static function nameOf(array $frame): string
    {
        $function = $frame['function'] ?? '';
        $class = $frame['class'] ?? '';
        $function = substr($function, (int) strrpos('\\' . $function, '\\'));
        return $class === '' ? $function : substr($class, (int) strrpos('\\' . $class, '\\')) . '.' . $function;
    }

    /** Where in a line a function is called by its name; column 0 where it is not written there. */
    private static function place(string $path, int $line, string $method, string $name): array
    {
        $tokens = self::tokensOf($path)[$line] ?? [];
        $count = count($tokens);
        for ($at = 0; $at < $count; $at++) {
            [$text, $column, $kind] = $tokens[$at];
            $last = substr($text, (int) strrpos('\\' . $text, '\\'));
            if (strcasecmp($last, $method) === 0 && ($tokens[$at + 1][0] ?? '') === '(' && $kind !== T_VARIABLE) {
                return [$column + strlen($text) - strlen($last), 'direct'];
            }
        }
        if (strcasecmp($method, '__construct') === 0) {
            return self::placeOfNew($tokens, explode('.', $name)[0]);
        }
        if (strcasecmp($method, '__invoke') === 0 || $method === '<closure>') {
            foreach ($tokens as $at => [, $column, $kind]) {
                if ($kind === T_VARIABLE && ($tokens[$at + 1][0] ?? '') === '(') {
                    return [$column, 'direct'];
                }
            }
        }
        // A name that is put together stands nowhere; what is left the language calls.
        foreach ($tokens as $at => [$text, , $kind]) {
            if (($kind === T_VARIABLE || $text === '}' || $text === ')' || $text === ']') && ($tokens[$at + 1][0] ?? '') === '(') {
                return [0, str_starts_with($method, '__') ? 'implicit' : 'direct'];
            }
        }
        return [0, 'implicit'];
    }

    private static function placeOfNew(array $tokens, string $class): array
    {
        $first = null;
        foreach ($tokens as $at => [, , $kind]) {
            if ($kind !== T_NEW) {
                continue;
            }
            [$text, $column] = $tokens[$at + 1] ?? ['', 0];
            $last = substr($text, (int) strrpos('\\' . $text, '\\'));
            $place = [$text === '' ? 0 : $column + strlen($text) - strlen($last), 'construct'];
            if (strcasecmp($last, $class) === 0) {
                return $place;
            }
            $first ??= $place;
        }
        return $first ?? [0, 'implicit'];
    }

    private static function tokensOf(string $path): array
    {
        if (!isset(self::$tokens[$path])) {
            $lines = [];
            $column = 1;
            foreach (PhpToken::tokenize((string) file_get_contents(self::$root . $path)) as $token) {
                if (!$token->isIgnorable()) {
                    $lines[$token->line][] = [$token->text, $column, $token->id];
                }
                $newline = strrpos($token->text, "\n");
                $column = $newline === false ? $column + strlen($token->text) : strlen($token->text) - $newline;
            }
            self::$tokens[$path] = $lines;
        }
        return self::$tokens[$path];
    }

    private static function inside(string $file): ?string
    {
        if (!str_starts_with($file, self::$copy)) {
            return null;
        }
        $path = substr($file, strlen(self::$copy));
        return str_starts_with($path, 'vendor/') || str_contains($path, '(') ? null : $path;
    }

    public static function write(): void
    {
        if (self::$rows === []) {
            return;
        }
        $out = fopen(getenv('CALLS_OUT') . '/' . getmypid() . '.jsonl', 'w');
        fwrite($out, json_encode(['format' => 'winnow.calls/1', 'rows' => count(self::$rows), 'dropped' => self::$dropped]) . "\n");
        foreach (self::$rows as $row => $count) {
            [$places, $how] = explode("\t", (string) $row);
            fwrite($out, substr($places, 0, -1) . ",\"count\":$count,\"how\":\"$how\"}\n");
        }
        fclose($out);
    }

    /** Puts a call of `in` at the beginning of each function's body. */
    public static function rewrite(string $source): string
    {
        $tokens = PhpToken::tokenize($source);
        $count = count($tokens);
        $after = [];
        $depth = 0;
        $classes = [];
        $pending = null;
        for ($at = 0; $at < $count; $at++) {
            $token = $tokens[$at];
            if ($token->is(['{', T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES])) {
                $depth++;
                if ($pending !== null && $token->text === '{') {
                    $classes[] = [$pending, $depth];
                    $pending = null;
                }
            } elseif ($token->text === '}') {
                if ($classes !== [] && end($classes)[1] === $depth) {
                    array_pop($classes);
                }
                $depth--;
            } elseif ($token->is([T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM]) && !self::before($tokens, $at)->is([T_DOUBLE_COLON, T_OBJECT_OPERATOR])) {
                $name = self::next($tokens, $at);
                $pending = $name !== null && $tokens[$name]->is(T_STRING) ? $tokens[$name]->text : '';
            } elseif ($token->is(T_FUNCTION) && !self::before($tokens, $at)->is(T_USE)) {
                $body = self::bodyOf($tokens, $at);
                if ($body === null) {
                    continue;
                }
                $name = self::next($tokens, $at);
                while ($name !== null && $tokens[$name]->text === '&') {
                    $name = self::next($tokens, $name);
                }
                $written = $name === null || $tokens[$name]->text === '(' ? '<closure>' : $tokens[$name]->text;
                $class = $classes === [] || $written === '<closure>' ? '' : end($classes)[0];
                $after[$body] = [$token->line, $class === '' ? $written : "$class.$written"];
            }
        }
        $out = '';
        foreach ($tokens as $at => $token) {
            $out .= $token->text;
            if (isset($after[$at])) {
                $out .= sprintf(" \\WinnowCalls::in(%d, '%s');", ...$after[$at]);
            }
        }
        return $out;
    }

    /** The brace that begins a function's body; null of those that have none, or yield. */
    private static function bodyOf(array $tokens, int $at): ?int
    {
        $parens = 0;
        $count = count($tokens);
        for ($body = $at + 1; $body < $count; $body++) {
            $text = $tokens[$body]->text;
            $parens += $text === '(' ? 1 : ($text === ')' ? -1 : 0);
            if ($parens === 0 && $text === ';') {
                return null;
            }
            if ($parens === 0 && $text === '{') {
                break;
            }
        }
        $depth = 0;
        for ($end = $body; $end < $count; $end++) {
            $token = $tokens[$end];
            if ($token->is(['{', T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES])) {
                $depth++;
            } elseif ($token->text === '}' && --$depth === 0) {
                return $body;
            } elseif ($token->is([T_YIELD, T_YIELD_FROM])) {
                return null;
            }
        }
        return null;
    }

    private static function next(array $tokens, int $at): ?int
    {
        for ($next = $at + 1; $next < count($tokens); $next++) {
            if (!$tokens[$next]->isIgnorable()) {
                return $next;
            }
        }
        return null;
    }

    private static function before(array $tokens, int $at): PhpToken
    {
        for ($before = $at - 1; $before > 0 && $tokens[$before]->isIgnorable(); $before--);
        return $tokens[max(0, $before)];
    }

    public static function rewriteAll(array $paths): void
    {
        foreach ($paths as $path) {
            $files = is_dir($path) ? new RecursiveIteratorIterator(new RecursiveDirectoryIterator($path, FilesystemIterator::SKIP_DOTS)) : [new SplFileInfo($path)];
            foreach ($files as $file) {
                if ($file->getExtension() !== 'php' || str_contains($file->getPathname(), '/vendor/')) {
                    continue;
                }
                $source = (string) file_get_contents($file->getPathname());
                file_put_contents($file->getPathname(), self::rewrite($source));
            }
        }
    }
}

if (PHP_SAPI === 'cli' && ($argv[1] ?? '') === 'rewrite' && realpath($argv[0]) === __FILE__) {
    WinnowCalls::rewriteAll(array_map(static fn (string $path): string => "$argv[2]/$path", array_slice($argv, 3)));
} elseif (getenv('CALLS_ROOT') !== false) {
    WinnowCalls::begin();
}
