# frozen_string_literal: true
# What happens in traced code, frame by frame: counts, events, and what each line wrote.
#
# A frame's variables are looked at when its next event comes: what is another object, or a text or container with another content,
# was written by the line before. Frames are known by their ends; where an end is not heard of (a stack that overflowed), the next line
# tells by where it lies.
require 'json'

module WinnowTrace
  class Frame
    attr_accessor :number, :code, :line, :known, :is_told, :is_pending, :raised, :after, :subject

    def initialize(number, code)
      @number, @code = number, code
      @line = 0
      @known = nil
      @is_told = @is_pending = false
      # An exception that came up here, and the line that ran after it, if any did.
      @raised = nil
      @after = 0
      @subject = nil
    end
  end

  # One stack for each fiber.
  class Stack < List
    attr_accessor :thread
  end

  class Recorder
    def self.begin(directory) = new(directory).begin

    def initialize(directory)
      @directory = directory
      plan = JSON.parse(File.binread(File.join(directory, 'plan.json')))
      @root = File.dirname(directory)
      @level = plan['level']
      @has_events = !%w[coverage counts].include?(@level)
      @is_blocks = @level == 'blocks'
      @is_values = @level == 'values'
      @first = plan['limits']['firstHits']
      @writer = Writer.new(directory, plan['limits'])
      @values = Values.new(plan['limits'], @writer)
      @globals = plan.dig('static', 'globals').to_a.map { |name| [name, eval("-> { #{name} }")] } # rubocop:disable Security/Eval
      @known_globals = Table.new
      @files = List.new
      @by_place = Table.new
      @by_path = Table.new.by_identity
      @stacks = Table.new.by_identity
      @threads = Table.new.by_identity
      @codes = @frames = 0
      @next_hits = 1 << 16
      plan['files'].each { |path| add_file(path, plan['static']) }
      @writer.row(JSON.generate(
        format: 'winnow.trace/1', language: 'ruby', runtime: "#{RUBY_ENGINE} #{RUBY_VERSION}", level: @level, limits: plan['limits'],
      ))
    end

    def add_file(path, static)
      place = File.join(@root, path)
      file = SourceFile.new(@files.size + 1, path, place, static)
      @files.add(file)
      [place, path, "./#{path}"].each { |name| @by_place.put(name, file) }
    end

    def begin
      recorder = self
      lines = TracePoint.new(:line) { |point| recorder.line(point) }
      calls = TracePoint.new(:call, :b_call, :class) { |point| recorder.call(point) }
      ends = TracePoint.new(:return, :b_return, :end) { |point| recorder.leave(point) }
      raises = TracePoint.new(:raise) { |point| recorder.raised(point) }
      @points = [raises, calls, ends, lines]
      watch_ends
      watch_output if @has_events
      @writer.flush
      @points.each(&:enable)
    end

    def file_of(path)
      file = @by_path.get(path)
      return file unless file.nil?

      @by_path.empty_it if @by_path.count_all > 10_000
      @by_path.put(path, @by_place.get(path) || false)
    end

    def stack
      fiber = CURRENT_FIBER.bind_call(Fiber)
      found = @stacks.get(fiber)
      unless found
        # Those of fibers that ended are not known to have: they are forgotten when there are many.
        @stacks.empty_it if @stacks.count_all > 10_000
        thread = CURRENT_THREAD.bind_call(Thread)
        number = @threads.get(thread) || @threads.put(thread, @threads.count_all)
        found = @stacks.put(fiber, Stack.new)
        found.thread = number
      end
      @writer.now = found.thread
      found
    end

    def line(point)
      file = file_of(point.path)
      return unless file

      line = point.lineno
      stack = self.stack
      frame = stack.top
      code = frame&.code
      frame = find_frame(stack, file, line) unless code && code.file.number == file.number && line >= code.first && line <= code.last
      before = frame.line
      hits = (file.hits.get(line) || 0) + 1
      file.hits.put(line, hits)
      if before.positive?
        way = before << 20 | line
        file.ways.put(way, (file.ways.get(way) || 0) + 1)
      end
      writer = @writer
      count = (writer.lines += 1)
      if @has_events
        frame.after = line if frame.raised
        say_line(point, file, frame, before, line, hits)
      end
      frame.line = line
      return if count < @next_hits

      @next_hits *= 2
      say_hits
      writer.flush
    end

    def say_line(point, file, frame, before, line, hits)
      writer = @writer
      is_direct = hits <= @first && !writer.is_full
      say_values(point, frame) if @is_values && (frame.is_pending || is_direct)
      way = before.positive? && !writer.is_full && file.branches.get(before << 20 | line)
      if @is_blocks && !file.starts.has(line)
        writer.lines -= 1
        return
      end
      if is_direct
        number = @values.integer(frame.number)
        text = @values.integer(line)
        code = frame.is_told ? '' : %(,"c":#{announced(frame.code)})
        say_branch(number, before, way, line) if way
        writer.line(%({"e":"#{@is_blocks ? 'block' : 'line'}","f":#{number},"l":#{text}#{code}))
      else
        ring = file.held.get(line) || file.held.put(line, List.new)
        writer.hold(ring, :line, frame.number, announced(frame.code), line)
      end
      frame.is_pending = is_direct
    end

    def say_branch(number, before, way, line)
      @writer.lines -= 1
      @writer.event(%({"e":"branch","f":#{number},"l":#{@values.integer(before)},"way":"#{way}","to":#{@values.integer(line)}))
      @writer.lines += 1
    end

    # The frame that this line is of, where it is not the one on top: those above have ended without a word, or a file begins.
    def find_frame(stack, file, line)
      at = stack.count_all - 1
      while at >= 0
        code = stack.get(at).code
        break if code.file.number == file.number && line >= code.first && line <= code.last

        at -= 1
      end
      return enter(stack, file.code(0, 0), nil) if at.negative?

      while stack.count_all > at + 1
        frame = stack.cut
        end_frame(frame, frame.code.kind == 'module' ? 'return' : 'unwind', frame.code.kind == 'module' ? ',"to":null' : '')
      end
      stack.top
    end

    def call(point)
      file = file_of(point.path)
      return unless file

      event = point.event
      kind = event == :call ? 1 : event == :b_call ? 2 : 3
      line = point.lineno
      code = file.code(kind, line) || unknown(file, kind, line, point)
      if code.number.nil? && kind != 2
        owner = point.defined_class if kind == 1
        self_name = MODULE_NAME.bind_call(point.self) if kind == 3
        code.name = kind == 1 ? method_name(point, owner) : self_name || code.name
      end
      enter(stack, code, point)
    end

    def unknown(file, kind, line, point)
      code = Code.new(file, '', kind == 1 ? 'function' : kind == 2 ? 'part' : 'class', line, 1 << 20, nil)
      code.name = kind == 1 ? SYMBOL_TEXT.bind_call(point.method_id) : '<block>'
      file.add(kind, line, code)
      code
    end

    def method_name(point, owner)
      name = SYMBOL_TEXT.bind_call(point.method_id)
      owner = point.self if MODULE_SINGLETON.bind_call(owner) && Values::MODULES.bind_call(Module, point.self)
      return name if MODULE_SINGLETON.bind_call(owner) || SAME.bind_call(owner, Object)

      owner = MODULE_NAME.bind_call(owner)
      owner ? "#{owner}.#{name}" : name
    rescue TypeError
      name
    end

    def announced(code)
      code.number || announce(code)
    end

    def announce(code)
      code.number = INT_TEXT.bind_call(@codes)
      @codes += 1
      last = code.last >= 1 << 20 ? 0 : code.last
      @writer.row(
        %({"e":"code","c":#{code.number},"file":#{@values.quote(code.file.path)},"name":#{@values.quote(code.name)},) +
        %("kind":"#{code.kind}","line":#{@values.integer(code.first)},"end":#{@values.integer(last)}}),
      )
      code.number
    end

    def enter(stack, code, point)
      caller = stack.top
      frame = Frame.new(@frames += 1, code)
      stack.add(frame)
      return frame unless @has_events

      number = announced(code)
      from = caller ? caller.number : 0
      code.calls += 1
      if code.calls > @first || @writer.is_full
        code.held ||= List.new
        @writer.hold(code.held, :call, frame.number, number, from)
        return frame
      end
      frame.is_told = true
      given = @is_values && point ? arguments(point, frame) : ''
      @writer.event(%({"e":"call","f":#{@values.integer(frame.number)},"c":#{number},"from":#{@values.integer(from)},"args":[#{given}]))
      frame
    end

    def arguments(point, frame)
      frame.known = known = Table.new
      texts = List.new
      given = frame.code.kind == 'function' && point.self
      number = @values.integer(frame.number)
      if given && !SAME.bind_call(given, TOPLEVEL) && !Values::MODULES.bind_call(Module, given)
        text = @values.tell(number, given)
        known.put(:self, text)
        frame.subject = given
        texts.add(%(["self",#{text}]))
      end
      return texts.join_all(',') if frame.code.kind == 'class'

      binding = point.binding
      outer(binding, frame)
      point.parameters.each do |_, name|
        next if name.nil? || !known_local?(name, frame)

        text = @values.tell(number, BINDING_GET.bind_call(binding, name))
        known.put(name, text)
        texts.add(%([#{@values.quote(SYMBOL_TEXT.bind_call(name))},#{text}]))
      rescue NameError
        # `*`, `**` and `&` without names.
      end
      texts.join_all(',')
    end

    def known_local?(name, frame) = frame.code.own.nil? || frame.code.own.has(name)

    # What the variables of functions around hold when a block begins is nothing that it wrote.
    def outer(binding, frame)
      own = frame.code.own
      return if own.nil? || frame.code.kind != 'part'

      List.new.take(BINDING_NAMES.bind_call(binding)).walk do |name|
        next if own.has(name)

        frame.known.put(name, @values.tell(@values.integer(frame.number), BINDING_GET.bind_call(binding, name)))
      end
    end

    # Variables that have another value than was last told.
    def say_values(point, frame)
      return if @writer.is_full || frame.code.kind == 'class' && point.event == :end

      number = @values.integer(frame.number)
      known = frame.known
      binding = point.binding
      if known.nil?
        known = frame.known = Table.new
        outer(binding, frame)
      end
      own = frame.code.own
      List.new.take(BINDING_NAMES.bind_call(binding)).walk do |name|
        value = BINDING_GET.bind_call(binding, name)
        text = @values.tell(number, value)
        old = known.get(name)
        next if old.nil? ? text == 'null' && unset?(frame, name) : STRING_EQUAL.bind_call(old, text)

        known.put(name, text)
        within = own && !own.has(name) ? ',"in":"closure"' : ''
        @writer.event(%({"e":"write","f":#{number},"v":#{@values.quote(SYMBOL_TEXT.bind_call(name))},"to":#{text}#{within}))
      end
      @values.tell(number, frame.subject) if frame.subject
      say_globals(number)
      frame.is_pending = false
    end

    # Ruby has all variables from the start, as nil; one that was never anything else has not been written.
    def unset?(_frame, _name) = true

    def say_globals(number)
      @globals.each do |name, read|
        text = @values.tell(number, CALL.bind_call(read))
        old = @known_globals.get(name)
        next if old ? STRING_EQUAL.bind_call(old, text) : text == 'null'

        @known_globals.put(name, text)
        @writer.event(%({"e":"write","f":#{number},"v":#{@values.quote(name)},"to":#{text},"in":"global"))
      end
    end

    def leave(point)
      file = file_of(point.path)
      return unless file

      stack = self.stack
      frame = stack.top
      return unless frame

      event = point.event
      kind = event == :return ? 'function' : event == :b_return ? 'part' : 'class'
      line = point.lineno
      until frame.code.kind == kind && frame.code.file.number == file.number && line >= frame.code.first && line <= frame.code.last
        return if stack.count_all == 1

        stack.cut
        end_frame(frame, 'unwind', '')
        frame = stack.top
      end
      stack.cut
      count_end(frame)
      return unless @has_events

      value = event == :end ? nil : point.return_value
      is_unwound = value.nil? && unwinds?(frame, line)
      say_values(point, frame) if @is_values && (frame.is_pending || frame.is_told)
      if is_unwound
        end_frame(frame, 'unwind', '', counted: true)
        say_raise(stack.top, frame.raised) if stack.top
      else
        to = ''
        to = %(,"to":#{@values.tell(@values.integer(frame.number), value)}) if @is_values && frame.is_told && !@writer.is_full
        end_frame(frame, 'return', to.empty? ? ',"to":null' : to, counted: true)
      end
    end

    # Ruby tells an end by an exception as one with nil. It is one when nothing ran in the frame since the exception came, or only
    # what is to run in any case (`ensure`), and the end is not where the code ends.
    def unwinds?(frame, line)
      return false unless frame.raised
      return frame.code.file.cleaning.has(frame.after) || frame.after == frame.code.first if frame.after.positive?

      line != frame.code.last || frame.code.first == frame.code.last || line == frame.line
    end

    def count_end(frame)
      return if frame.line.zero?

      code = frame.code
      way = -(frame.line << 20 | code.first)
      ways = code.file.ways
      ways.put(way, (ways.get(way) || 0) + 1)
    end

    def end_frame(frame, kind, more, counted: false)
      count_end(frame) unless counted
      return unless @has_events

      code = frame.code
      code.ends += 1
      return @writer.hold(code.held ||= List.new, kind, frame.number, nil, 0) if code.ends > @first || @writer.is_full

      @writer.event(%({"e":"#{kind}","f":#{@values.integer(frame.number)}#{more}))
    end

    def raised(point)
      file = file_of(point.path)
      frame = file && stack.top
      # Raised in code that is not traced, and coming up from there.
      frame ||= stack.top
      say_raise(frame, point.raised_exception) if frame && @has_events
    end

    def say_raise(frame, error)
      frame.raised = error
      frame.after = 0
      @writer.event(
        %({"e":"raise","f":#{@values.integer(frame.number)},"l":#{@values.integer(frame.line)},) +
        %("t":#{@values.type_of(error)},"m":#{@values.message(error)}),
      )
    end

    def say_hits
      @files.walk do |file|
        lines = List.new
        file.hits.each_with_index do |count, line|
          lines.add("[#{@values.integer(line)},#{@values.integer(@level == 'coverage' && count.positive? ? 1 : count)}]") if count
        end
        ways = List.new
        file.ways.walk do |way, count|
          from, to = way.negative? ? [-way >> 20, -(-way & 0xfffff)] : [way >> 20, way & 0xfffff]
          count = 1 if @level == 'coverage'
          ways.add("[#{@values.integer(from)},#{@values.integer(to)},#{@values.integer(count)}]")
        end
        @writer.row(
          %({"e":"hits","file":#{@values.quote(file.path)},"lines":[#{lines.join_all(',')}],"ways":[#{ways.join_all(',')}]}),
        )
      end
    end

    def output(stream, texts)
      frame = stack.top
      texts.each do |text|
        next unless Values::MODULES.bind_call(String, text)

        number = frame ? @values.integer(frame.number) : '0'
        @writer.event(%({"e":"output","f":#{number},"s":"#{stream}","text":#{@values.quote(text)}))
      end
    end

    def finish(error)
      return if @is_finished

      @is_finished = true
      @points.each(&:disable)
      frames = stack
      while (frame = frames.cut)
        is_unwound = error && !Values::MODULES.bind_call(SystemExit, error)
        end_frame(frame, is_unwound ? 'unwind' : 'return', is_unwound ? '' : ',"to":null')
      end
      say_hits
      @writer.finish
    end

    def forked
      @stacks.empty_it
      @writer.child(PROCESS_ID.bind_call(Process))
      @writer.row(@head)
    end
  end
end
