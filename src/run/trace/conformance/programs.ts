/**
 * One program, written in each language that is traced: calls, recursion, a loop with a counter, a branch, an exception that is caught and one that is not.
 *
 * Lines that matter end in a comment `@ name`. What the program does is the same everywhere: `expected.ts` says it by these names, once. Languages without
 * exceptions go without; nothing else may differ.
 */

export interface ConformanceProgram {
  readonly language: string;
  readonly path: string;
  readonly source: string;
  /** It has exceptions; without, it ends with code 0. */
  readonly throws: boolean;
  /** Values of variables are told, not only arguments and results. */
  readonly variables: boolean;
  /** `branch` events are told. */
  readonly branches: boolean;
}

const ecmascript = `function fact(n) {
  if (n <= 1)
    return 1; // @ base
  return n * fact(n - 1); // @ step
}
function risky(n) {
  if (n > 2)
    throw new Error('big'); // @ raise
  return n; // @ fine
}
let total = 0; // @ start
for (let i = 0; i < 4; i++) {
  if (i % 2 === 0)
    total += i; // @ even
  else
    total += 10; // @ odd
}
total += fact(4); // @ call
try {
  risky(1);
  risky(3);
  total = -1; // @ never
} catch {
  total += 1; // @ catch
}
console.log(total); // @ print
risky(5); // @ fatal
`;

const c = `#include <stdio.h>
static int fact(int n) {
  if (n <= 1)
    return 1; // @ base
  return n * fact(n - 1); // @ step
}
int main(void) {
  int total = 0; // @ start
  for (int i = 0; i < 4; i++) {
    if (i % 2 == 0)
      total += i; // @ even
    else
      total += 10; // @ odd
  }
  total += fact(4); // @ call
  if (total < 0)
    total = -1; // @ never
  printf("%d\\n", total + 1); // @ print
  return 0;
}
`;

export const conformancePrograms: readonly ConformanceProgram[] = [
  {
    language: 'python',
    path: 'main.py',
    throws: true,
    variables: true,
    branches: false,
    source: `def fact(n):
    if n <= 1:
        return 1  # @ base
    return n * fact(n - 1)  # @ step
def risky(n):
    if n > 2:
        raise ValueError('big')  # @ raise
    return n  # @ fine
total = 0  # @ start
for i in range(4):
    if i % 2 == 0:
        total += i  # @ even
    else:
        total += 10  # @ odd
total += fact(4)  # @ call
try:
    risky(1)
    risky(3)
    total = -1  # @ never
except ValueError:
    total += 1  # @ catch
print(total)  # @ print
risky(5)  # @ fatal
`,
  },
  { language: 'javascript', path: 'main.js', throws: true, variables: true, branches: true, source: ecmascript },
  {
    language: 'typescript',
    path: 'main.ts',
    throws: true,
    variables: true,
    branches: true,
    source: ecmascript.replaceAll('(n)', '(n: number)').replace('let total', 'let total: number'),
  },
  {
    language: 'ruby',
    path: 'main.rb',
    throws: true,
    variables: true,
    branches: true,
    source: `def fact(n)
  if n <= 1
    return 1 # @ base
  end
  n * fact(n - 1) # @ step
end
def risky(n)
  if n > 2
    raise 'big' # @ raise
  end
  n # @ fine
end
total = 0 # @ start
i = 0
while i < 4
  if i % 2 == 0
    total += i # @ even
  else
    total += 10 # @ odd
  end
  i += 1
end
total += fact(4) # @ call
begin
  risky(1)
  risky(3)
  total = -1 # @ never
rescue
  total += 1 # @ catch
end
puts total # @ print
risky(5) # @ fatal
`,
  },
  {
    language: 'lua',
    path: 'main.lua',
    throws: true,
    variables: true,
    branches: false,
    source: `local function fact(n)
  if n <= 1 then
    return 1 -- @ base
  end
  return n * fact(n - 1) -- @ step
end
local function risky(n)
  if n > 2 then
    error('big') -- @ raise
  end
  return n -- @ fine
end
local total = 0 -- @ start
for i = 0, 3 do
  if i % 2 == 0 then
    total = total + i -- @ even
  else
    total = total + 10 -- @ odd
  end
end
total = total + fact(4) -- @ call
risky(1)
if not pcall(risky, 3) then
  total = total + 1 -- @ catch
else
  total = -1 -- @ never
end
print(total) -- @ print
risky(5) -- @ fatal
`,
  },
  {
    language: 'perl',
    path: 'main.pl',
    throws: true,
    variables: false,
    branches: false,
    source: `sub fact {
  my $n = shift;
  if ($n <= 1) {
    return 1; # @ base
  }
  return $n * fact($n - 1); # @ step
}
sub risky {
  my $n = shift;
  if ($n > 2) {
    die "big\\n"; # @ raise
  }
  return $n; # @ fine
}
my $total = 0; # @ start
for (my $i = 0; $i < 4; $i++) {
  if ($i % 2 == 0) {
    $total += $i; # @ even
  } else {
    $total += 10; # @ odd
  }
}
$total += fact(4); # @ call
eval {
  risky(1);
  risky(3);
  $total = -1; # @ never
} or do {
  $total += 1; # @ catch
};
print "$total\\n"; # @ print
risky(5); # @ fatal
`,
  },
  {
    language: 'bash',
    path: 'main.sh',
    throws: false,
    variables: false,
    branches: false,
    source: `fact() {
  if (( $1 <= 1 )); then
    result=1 # @ base
    return
  fi
  fact $(( $1 - 1 )) # @ step
  result=$(( result * $1 ))
}
total=0 # @ start
for (( i = 0; i < 4; i++ )); do
  if (( i % 2 == 0 )); then
    (( total += i )) # @ even
  else
    (( total += 10 )) # @ odd
  fi
done
fact 4 # @ call
total=$(( total + result ))
if (( total < 0 )); then
  total=-1 # @ never
fi
echo $(( total + 1 )) # @ print
`,
  },
  { language: 'c', path: 'main.c', throws: false, variables: false, branches: true, source: c },
  {
    language: 'cpp',
    path: 'main.cpp',
    throws: false,
    variables: false,
    branches: true,
    source: c.replace('stdio.h', 'cstdio'),
  },
];
