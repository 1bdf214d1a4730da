/** The picture: boxes that are links, edges that say how sure they are, arrows of the keyboard to walk by. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { plain } from '../shell/text.tsx';
import { type Box, boxHeight, boxWidth, type Item, layout, towards } from './layout.ts';

interface Props {
  readonly middle: { readonly id: string; readonly label: string; readonly kind: string; readonly path: string };
  readonly items: readonly Item[];
  readonly label: string;
  hrefOf(id: string): string;
  onLook(key: string | null): void;
}

const mostLetters = 23;
const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** The last part of a qualified name, and what it is in. */
function partsOf(label: string, isPath: boolean): readonly [string, string] {
  const at = isPath ? -1 : label.lastIndexOf('.');
  return at <= 0 ? [label, ''] : [label.slice(at + 1), label.slice(0, at)];
}

export function Picture({ middle, items, label, hrefOf, onLook }: Props) {
  const { width, height, boxes, lines, captions } = useMemo(() => layout(items), [items]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A large picture begins with what was asked about in its middle.
    const element = frame.current;
    const box = boxes[0];
    if (element === null || box === undefined) return;
    element.scrollLeft = box.x + boxWidth / 2 - element.clientWidth / 2;
    element.scrollTop = box.y + boxHeight / 2 - element.clientHeight / 2;
  }, [boxes]);
  const walk = (box: Box) => (event: KeyboardEvent) => {
    if (!event.key.startsWith('Arrow') || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = towards(boxes, box, event.key);
    if (next === null) return;
    event.preventDefault();
    frame.current?.querySelector<SVGElement>(`[data-box="${boxes.indexOf(next)}"]`)?.focus();
  };
  return (
    <div class="picture" ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture of links has no element of its own */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={plain(label)}>
        {lines.map(({ key, state, path }) => (
          <path key={key} class={`edge edge-${state}`} d={path} />
        ))}
        {captions.map(({ text, x, y }) => (
          <text key={`${text}${x}${y}`} class="caption" x={x + 2} y={y}>
            {text}
          </text>
        ))}
        {boxes.map((box, index) => {
          const shown = box.item ?? middle;
          const [name, within] = partsOf(plain(shown.label), shown.id === shown.path);
          return (
            <a
              key={box.item?.key ?? 'middle'}
              data-box={index}
              href={hrefOf(shown.id)}
              class={`box ${box.item === null ? 'middle' : `box-${box.item.state}`}`}
              {...(box.item === null
                ? {}
                : { 'aria-description': `${box.item.group || 'further out'}, ${box.item.state}` })}
              onKeyDown={walk(box)}
              onFocus={() => onLook(box.item?.key ?? null)}
              onMouseEnter={() => onLook(box.item?.key ?? null)}
            >
              <rect x={box.x} y={box.y} width={boxWidth} height={boxHeight} rx={8}>
                <title>
                  {plain(`${shown.label}
${shown.path}${
  box.item === null
    ? ''
    : `
${box.item.told}`
}`)}
                </title>
              </rect>
              <text class="name" x={box.x + 10} y={box.y + 16}>
                {shortened(name, mostLetters)}
              </text>
              <text class="under" x={box.x + 10} y={box.y + 30}>
                {shortened(
                  [within, plain(shown.kind), plain(shown.path.split('/').at(-1) ?? '')]
                    .filter((part) => part !== '')
                    .join(' · '),
                  29,
                )}
              </text>
            </a>
          );
        })}
      </svg>
    </div>
  );
}
