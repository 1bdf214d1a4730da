# frozen_string_literal: true
# Values as JSON, and objects by difference. Nothing of the program runs for it: only Ruby's own methods are called, bound to the object, and
# `inspect`, `to_s`, `==`, `hash`, `method_missing` of the program's classes never.
module WinnowTrace
  class Values
    # Objects that have a number. Beyond that all are forgotten, and told whole when they are seen again: 20 MB.
    MOST = 50_000
    # Parts looked at after one line: large enough for ten lists of the default limit.
    MOST_PARTS = 1_000

    SPECIAL = {
      '"' => '\\"', '\\' => '\\\\', "\n" => '\\n', "\t" => '\\t', "\r" => '\\r', "\u007f" => '\\u007f'
    }
    (0..31).each { |code| SPECIAL[code.chr] ||= format('\\u%04x', code) }
    SPECIAL.freeze
    UNSAFE = /["\\\x00-\x1f\x7f]/
    REPLACED = { invalid: :replace, undef: :replace }.freeze

    PLAIN = {
      NilClass => :nil, TrueClass => :true, FalseClass => :false, Integer => :integer, Float => :float, String => :string,
      Symbol => :symbol, Array => :array, Hash => :hash, Struct => :struct, Range => :range, Rational => :rational,
      Complex => :complex, Time => :time, Regexp => :regexp, Exception => :exception, Proc => :proc, Module => :module,
      IO => :other, Thread => :other, Fiber => :other, Binding => :other, Method => :other, UnboundMethod => :other,
      Mutex => :other, Encoding => :other, Enumerator => :other, Random => :other
    }.compare_by_identity
    PLAIN[::Data] = :data if DATA_HASH

    Known = Class.new { attr_accessor :number, :size, :parts }

    def initialize(limits, writer)
      @items, @text, @depth = limits['items'], limits['text'], limits['depth']
      @writer = writer
      @kinds = Table.new.by_identity
      @types = Table.new.by_identity
      @objects = Table.new.by_identity
      @numbers = 0
      @left = 0
    end

    # The JSON of a value; what it consists of is said in `object` events before, as far as it changed.
    def tell(frame, value)
      @left = MOST_PARTS
      @seen = Table.new.by_identity
      @frame = frame
      json(value, @depth)
    end

    def quote(text) = %("#{inner(text)}")

    def inner(text)
      text = STRING_ENCODE.bind_call(text, Encoding::UTF_8, **REPLACED)
      text = STRING_SCRUB.bind_call(text)
      text = STRING_GSUB.bind_call(text, UNSAFE, SPECIAL) if REGEXP_MATCH.bind_call(UNSAFE, text)
      STRING_TEXT.bind_call(text)
    end

    def type_of(value)
      type = CLASS.bind_call(value)
      @types.get(type) || @types.put(type, quote(MODULE_NAME.bind_call(type) || '(anonymous)'))
    end

    def integer(value) = INT_TEXT.bind_call(value)

    def message(error)
      text = EXCEPTION_TEXT.bind_call(error)
      quote(cut(text))
    end

    private

    def kind_of(value)
      type = CLASS.bind_call(value)
      @kinds.get(type) || @kinds.put(type, find_kind(type))
    end

    def find_kind(type)
      MODULE_ANCESTORS.bind_call(type).each do |one|
        kind = PLAIN[one]
        return kind if kind
        return :set if STRING_EQUAL.bind_call(MODULE_NAME.bind_call(one) || '', 'Set')
      end
      :object
    end

    def json(value, depth)
      case kind_of(value)
      when :integer then whole(value)
      when :nil then 'null'
      when :true then 'true'
      when :false then 'false'
      when :string then string(value)
      when :symbol then %({"t":"Symbol","v":#{quote(SYMBOL_TEXT.bind_call(value))}})
      when :float then float(value)
      when :array, :hash, :set, :struct, :data, :object then reference(value, depth)
      when :range then range(value, depth)
      when :rational then said(value, RATIONAL_TEXT.bind_call(value))
      when :complex then said(value, COMPLEX_TEXT.bind_call(value))
      when :time then said(value, TIME_TEXT.bind_call(value))
      when :regexp then said(value, REGEXP_SOURCE.bind_call(value))
      when :exception then said(value, EXCEPTION_TEXT.bind_call(value))
      when :module then said(value, MODULE_NAME.bind_call(value) || '')
      when :proc
        file, line = PROC_PLACE.bind_call(value)
        said(value, file ? "#{file}:#{line}" : '')
      else said(value, '')
      end
    end

    # Past what a JSON reader holds exactly, as text.
    def whole(value)
      digits = INT_TEXT.bind_call(value)
      return digits if value < 1 << 53 && value > -(1 << 53)

      size = STRING_SIZE.bind_call(digits)
      more = size > @text ? %(,"n":#{INT_TEXT.bind_call(size)}) : ''
      %({"t":"Integer","v":"#{STRING_SLICE.bind_call(digits, 0, @text)}"#{more}})
    end

    def float(value)
      return '{"f":"nan"}' if FLOAT_NAN.bind_call(value)

      infinite = FLOAT_INFINITE.bind_call(value)
      return infinite == 1 ? '{"f":"inf"}' : '{"f":"-inf"}' if infinite

      digits = FLOAT_TEXT.bind_call(value)
      STRING_EQUAL.bind_call(digits, '-0.0') ? '{"f":"-0"}' : %({"f":#{digits}})
    end

    def string(value)
      size = STRING_SIZE.bind_call(value)
      return quote(value) if size <= @text

      %({"t":"String","v":#{quote(STRING_SLICE.bind_call(value, 0, @text))},"n":#{INT_TEXT.bind_call(size)}})
    end

    def cut(text) = STRING_SIZE.bind_call(text) > @text ? STRING_SLICE.bind_call(text, 0, @text) : text

    def said(value, text)
      size = STRING_SIZE.bind_call(text)
      more = size > @text ? %(,"n":#{INT_TEXT.bind_call(size)}) : ''
      %({"t":#{type_of(value)},"v":#{quote(cut(text))}#{more}})
    end

    def range(value, depth)
      ends = "#{json(RANGE_BEGIN.bind_call(value), depth)},#{json(RANGE_END.bind_call(value), depth)}"
      %({"t":"#{RANGE_OPEN.bind_call(value) ? 'Range...' : 'Range'}","items":[#{ends}]})
    end

    def reference(value, depth)
      known = @objects.get(value)
      if depth <= 0 || @left <= 0
        return %({"r":#{INT_TEXT.bind_call(known.number)}}) if known

        return %({"t":#{type_of(value)},"v":"…"})
      end
      unless @seen.has(value)
        @seen.put(value, true)
        known = begin_object(value) unless known
        look(value, known, depth - 1)
      end
      %({"r":#{INT_TEXT.bind_call(known.number)}})
    end

    def begin_object(value)
      @objects.empty_it if @objects.count_all >= MOST
      known = Known.new
      known.number = (@numbers += 1)
      @objects.put(value, known)
    end

    # Keys (nil: indices), parts and the whole number of them, up to the limit.
    def parts_of(value)
      case kind_of(value)
      when :array then [nil, ARRAY_FIRST.bind_call(value, @items), ARRAY_SIZE.bind_call(value), :sequence]
      when :hash then [*pairs(value), HASH_SIZE.bind_call(value), :mapping]
      when :set
        hash = IVAR_GET.bind_call(value, :@hash)
        return [[], [], 0, :set] unless kind_of(hash) == :hash

        keys, = pairs(hash)
        [keys, keys, HASH_SIZE.bind_call(hash), :set]
      when :struct
        parts = STRUCT_VALUES.bind_call(value)
        [STRUCT_NAMES.bind_call(value), parts, ARRAY_SIZE.bind_call(parts), :record]
      when :data
        hash = DATA_HASH.bind_call(value)
        [*pairs(hash), HASH_SIZE.bind_call(hash), :record]
      else
        names = IVARS.bind_call(value)
        size = ARRAY_SIZE.bind_call(names)
        names = ARRAY_FIRST.bind_call(names, @items)
        parts = List.new
        list(names).walk { |name| parts.add(IVAR_GET.bind_call(value, name)) }
        [names, parts, size, :record]
      end
    end

    # In one step where that is cheap, because a thread must not add to what is being walked.
    def pairs(hash)
      keys = List.new
      parts = List.new
      take = lambda do |pair|
        keys.add(ARRAY_AT.bind_call(pair, 0))
        parts.add(ARRAY_AT.bind_call(pair, 1))
        keys.count_all >= @items
      end
      if HASH_SIZE.bind_call(hash) <= 10_000
        list(HASH_PAIRS.bind_call(hash)).walk { |pair| break if CALL.bind_call(take, pair) }
      else
        HASH_WALK.bind_call(hash) { |key, part| break if CALL.bind_call(take, [key, part]) }
      end
      [keys, parts]
    end

    def list(array) = List.new.take(array)

    # Says what changed in an object since it was last looked at, what lies below first.
    def look(value, known, depth)
      keys, parts, size, form = parts_of(value)
      keys = list(keys) if keys
      parts = list(parts)
      @left -= parts.count_all + 1
      before = known.parts
      now = keys ? named(keys, parts, depth, form) : numbered(parts, depth)
      known.parts = now
      body = !before || form == :set ? whole_of(now, form) : change(before, now, form)
      is_same = before && size == known.size && !body
      known.size = size
      return if is_same || (before && form == :set && same_keys?(before, now))

      @writer.event(
        %({"e":"object","f":#{@frame},"o":#{INT_TEXT.bind_call(known.number)},"t":#{type_of(value)},"form":"#{SYMBOL_TEXT.bind_call(form)}",) +
        %("n":#{INT_TEXT.bind_call(size)}#{body || ',"at":[]'}),
      )
    end

    # Parts are kept as their JSON: two values of equal JSON are told as one.
    def numbered(parts, depth)
      texts = List.new
      parts.walk { |part| texts.add(json(part, depth)) }
      texts
    end

    def named(keys, parts, depth, form)
      texts = Table.new
      index = 0
      keys.walk do |key|
        texts.put(key_text(key, form), form == :set ? 'true' : json(parts.get(index), depth))
        index += 1
      end
      texts
    end

    def whole_of(now, form)
      return %(,"whole":true,"items":[#{now.join_all(',')}]) if form == :sequence

      texts = List.new
      now.walk { |key, text| texts.add(form == :set ? key : "[#{key},#{text}]") }
      %(,"whole":true,"#{form == :set ? 'items' : 'at'}":[#{texts.join_all(',')}])
    end

    # nil: nothing.
    def change(before, now, form)
      changed = List.new
      gone = List.new
      if form == :sequence
        index = 0
        now.walk do |text|
          old = before.get(index)
          changed.add("[#{INT_TEXT.bind_call(index)},#{text}]") unless old && STRING_EQUAL.bind_call(old, text)
          index += 1
        end
      else
        now.walk do |key, text|
          old = before.get(key)
          changed.add("[#{key},#{text}]") unless old && STRING_EQUAL.bind_call(old, text)
        end
        before.walk { |key, _| gone.add(key) unless now.has(key) }
      end
      return nil if changed.empty && gone.empty

      out = gone.empty ? '' : %(,"out":[#{gone.join_all(',')}])
      %(,"at":[#{changed.join_all(',')}]#{out})
    end

    def same_keys?(before, now)
      return false unless before.count_all == now.count_all

      now.walk { |key, _| return false unless before.has(key) }
      true
    end

    def key_text(key, form)
      kind = kind_of(key)
      return quote(SYMBOL_TEXT.bind_call(key)) if form == :record && kind == :symbol

      json(key, 1)
    end
  end
end
