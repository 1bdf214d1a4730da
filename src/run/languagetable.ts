/**
 * Every language that can be run, one row each, with its known program.
 *
 * A known program uses what an ordinary program needs (reading a line, a loop, joining text,
 * printing) and nothing that has to be installed beside the language, so that a runtime
 * which passes is one that works. SQL has no standard input, so its program knows the name already.
 */
import type { RunLanguage } from './languages.ts';

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));

export const runLanguages: readonly RunLanguage[] = [
  {
    name: 'python',
    label: 'Python',
    aliases: ['py', 'python3', 'cpython'],
    extensions: ['.py'],
    interpreters: ['python', 'pypy'],
    defaultEntry: 'main.py',
    known: `name = input().strip()
print(f"Hello, {name}: {sum(range(1, 101))}")
`,
  },
  {
    name: 'javascript',
    label: 'JavaScript',
    aliases: ['js', 'node', 'nodejs'],
    extensions: ['.js', '.mjs', '.cjs'],
    interpreters: ['node', 'nodejs', 'qjs'],
    defaultEntry: 'main.js',
    known: `const name = require('fs').readFileSync(0, 'utf8').trim();
let sum = 0;
for (let i = 1; i <= 100; i++) sum += i;
console.log(\`Hello, \${name}: \${sum}\`);
`,
  },
  {
    name: 'typescript',
    label: 'TypeScript',
    aliases: ['ts'],
    extensions: ['.ts', '.mts', '.cts'],
    interpreters: ['ts-node', 'tsx', 'deno', 'bun'],
    defaultEntry: 'main.ts',
    known: `import { readFileSync } from 'node:fs';
const name: string = readFileSync(0, 'utf8').trim();
let sum: number = 0;
for (let i = 1; i <= 100; i++) sum += i;
console.log(\`Hello, \${name}: \${sum satisfies number}\`);
`,
  },
  {
    name: 'c',
    label: 'C',
    aliases: ['gcc', 'clang'],
    extensions: ['.c'],
    interpreters: ['tcc'],
    defaultEntry: 'main.c',
    known: `#include <stdio.h>
int main(void) {
  char name[64];
  int sum = 0;
  if (scanf("%63s", name) != 1) return 1;
  for (int i = 1; i <= 100; i++) sum += i;
  printf("Hello, %s: %d\\n", name, sum);
  return 0;
}
`,
  },
  {
    name: 'cpp',
    label: 'C++',
    aliases: ['c++', 'cxx', 'g++'],
    extensions: ['.cpp', '.cc', '.cxx', '.c++'],
    interpreters: [],
    defaultEntry: 'main.cpp',
    known: `#include <iostream>
#include <numeric>
#include <string>
#include <vector>
int main() {
  std::string name;
  std::getline(std::cin, name);
  std::vector<int> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::cout << "Hello, " << name << ": " << std::accumulate(numbers.begin(), numbers.end(), 0) << std::endl;
}
`,
  },
  {
    name: 'java',
    label: 'Java',
    aliases: ['openjdk'],
    extensions: ['.java'],
    interpreters: ['java'],
    defaultEntry: 'Main.java',
    known: `import java.util.Scanner;
import java.util.stream.IntStream;

public class Main {
  public static void main(String[] args) {
    String name = new Scanner(System.in).nextLine();
    System.out.println("Hello, " + name + ": " + IntStream.rangeClosed(1, 100).sum());
  }
}
`,
  },
  {
    name: 'go',
    label: 'Go',
    aliases: ['golang'],
    extensions: ['.go'],
    interpreters: [],
    defaultEntry: 'main.go',
    known: `package main

import "fmt"

func main() {
	var name string
	fmt.Scanln(&name)
	sum := 0
	for i := 1; i <= 100; i++ {
		sum += i
	}
	fmt.Printf("Hello, %s: %d\\n", name, sum)
}
`,
  },
  {
    name: 'rust',
    label: 'Rust',
    aliases: ['rs', 'rustc'],
    extensions: ['.rs'],
    interpreters: [],
    defaultEntry: 'main.rs',
    known: `fn main() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("a line");
    println!("Hello, {}: {}", line.trim(), (1..=100).sum::<i32>());
}
`,
  },
  {
    name: 'ruby',
    label: 'Ruby',
    aliases: ['rb'],
    extensions: ['.rb'],
    interpreters: ['ruby'],
    defaultEntry: 'main.rb',
    known: `name = $stdin.gets.strip
puts "Hello, #{name}: #{(1..100).sum}"
`,
  },
  {
    name: 'php',
    label: 'PHP',
    aliases: [],
    extensions: ['.php'],
    interpreters: ['php'],
    defaultEntry: 'main.php',
    known: `<?php
$name = trim(fgets(STDIN));
echo "Hello, $name: " . array_sum(range(1, 100)) . "\\n";
`,
  },
  {
    name: 'perl',
    label: 'Perl',
    aliases: ['pl'],
    extensions: ['.pl'],
    interpreters: ['perl'],
    defaultEntry: 'main.pl',
    known: `use strict;
use warnings;
chomp(my $name = <STDIN>);
my $sum = 0;
$sum += $_ for 1 .. 100;
print "Hello, $name: $sum\\n";
`,
  },
  {
    name: 'lua',
    label: 'Lua',
    aliases: [],
    extensions: ['.lua'],
    interpreters: ['lua', 'luajit'],
    defaultEntry: 'main.lua',
    known: `local name = io.read("l")
local sum = 0
for i = 1, 100 do sum = sum + i end
print("Hello, " .. name .. ": " .. sum)
`,
  },
  {
    name: 'bash',
    label: 'Bash',
    aliases: ['sh', 'shell'],
    extensions: ['.sh', '.bash'],
    interpreters: ['bash', 'sh', 'dash'],
    defaultEntry: 'main.sh',
    known: `read -r name
sum=0
for ((i = 1; i <= 100; i++)); do ((sum += i)); done
echo "Hello, $name: $sum"
`,
  },
  {
    name: 'r',
    label: 'R',
    aliases: ['rscript'],
    extensions: ['.r'],
    interpreters: ['Rscript'],
    defaultEntry: 'main.R',
    known: `name <- readLines(file("stdin"), n = 1)
cat("Hello, ", name, ": ", sum(1:100), "\\n", sep = "")
`,
  },
  {
    name: 'sql',
    label: 'SQL (SQLite)',
    aliases: ['sqlite', 'sqlite3'],
    extensions: ['.sql'],
    interpreters: ['sqlite'],
    defaultEntry: 'main.sql',
    known: `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100)
SELECT 'Hello, World: ' || sum(n) FROM numbers;
`,
  },
  {
    name: 'csharp',
    label: 'C#',
    aliases: ['c#', 'cs', 'dotnet'],
    extensions: ['.cs'],
    interpreters: ['dotnet'],
    defaultEntry: 'Program.cs',
    known: `using System;
using System.Linq;

class Program
{
    static void Main()
    {
        string name = Console.ReadLine();
        Console.WriteLine("Hello, " + name + ": " + Enumerable.Range(1, 100).Sum());
    }
}
`,
  },
  {
    name: 'kotlin',
    label: 'Kotlin',
    aliases: ['kt'],
    extensions: ['.kt', '.kts'],
    interpreters: ['kotlin'],
    defaultEntry: 'main.kt',
    known: `fun main() {
    val name = readLine()
    println("Hello, $name: \${(1..100).sum()}")
}
`,
  },
  {
    name: 'haskell',
    label: 'Haskell',
    aliases: ['hs', 'ghc'],
    extensions: ['.hs'],
    interpreters: ['runghc', 'runhaskell'],
    defaultEntry: 'Main.hs',
    known: `main :: IO ()
main = do
  name <- getLine
  putStrLn ("Hello, " ++ name ++ ": " ++ show (sum [1 .. 100 :: Int]))
`,
  },
  {
    name: 'ocaml',
    label: 'OCaml',
    aliases: ['ml'],
    extensions: ['.ml'],
    interpreters: ['ocaml'],
    defaultEntry: 'main.ml',
    known: `let () =
  let name = input_line stdin in
  let sum = ref 0 in
  for i = 1 to 100 do sum := !sum + i done;
  Printf.printf "Hello, %s: %d\\n" name !sum
`,
  },
  {
    name: 'fortran',
    label: 'Fortran',
    aliases: ['f90', 'gfortran'],
    extensions: ['.f90', '.f95', '.f03', '.f08'],
    interpreters: [],
    defaultEntry: 'main.f90',
    known: `program known
  implicit none
  character(len=64) :: name
  integer :: i
  read (*, '(a)') name
  print '(a, a, a, i0)', 'Hello, ', trim(name), ': ', sum([(i, i = 1, 100)])
end program known
`,
  },
  {
    name: 'awk',
    label: 'AWK',
    aliases: ['gawk', 'mawk'],
    extensions: ['.awk'],
    interpreters: ['awk', 'gawk', 'mawk'],
    defaultEntry: 'main.awk',
    known: `{
  for (i = 1; i <= 100; i++) sum += i
  print "Hello, " $0 ": " sum
}
`,
  },
  {
    name: 'tcl',
    label: 'Tcl',
    aliases: ['tclsh'],
    extensions: ['.tcl'],
    interpreters: ['tclsh'],
    defaultEntry: 'main.tcl',
    known: `gets stdin name
set sum 0
for {set i 1} {$i <= 100} {incr i} { incr sum $i }
puts "Hello, $name: $sum"
`,
  },
  {
    name: 'wasm',
    label: 'WebAssembly (WASI)',
    aliases: ['webassembly', 'wasi'],
    extensions: ['.wasm'],
    interpreters: [],
    defaultEntry: 'main.wasm',
    // One function, written by hand: reads into the place behind `Hello, `, adds in a loop, puts digits behind the name.
    known: bytesOf(
      'AGFzbQEAAAABDAJgBH9/f38Bf2AAAAJEAhZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxB2ZkX3JlYWQAABZ3YXNpX3NuYXBzaG90X3By' +
        'ZXZpZXcxCGZkX3dyaXRlAAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAIKiQEBhgEBA39BAEEAQQFBCBAAGkEIKAIAQT9q' +
        'IQAgAEG6wAA7AQADQCACQQFqIgIgAWohASACQeQASQ0AC0EFIQIDQCAAIAJqIAFBCnBBMGo6AAAgAUEKbiEBIAJBAWsiAkEBSw0A' +
        'CyAAQQo6AAZBAEE5NgIAQQAgAEEyazYCBEEBQQBBAUEIEAEaCwsaAgBBAAsIQAAAACAAAAAAQTkLB0hlbGxvLCA=',
    ),
  },
];
