# frozen_string_literal: true
# What happens in traced code, frame by frame: counts, events, and what each line wrote.
#
# A frame's variables are looked at when its next event comes: what is another object, or a text or container with another content,
# was written by the line before. Frames are known by their ends; where an end is not heard of (a stack that overflowed), the next line
# tells by where it lies.
require 'json'

module WinnowTrace
  class Frame
    attr_accessor :number, :code, :line, :known, :is_told, :is_pending, :raised, :after, :subject, :bound

    def initialize(number, code)
      @number, @code = number, code
      @line = 0
      @known = nil
      @is_told = @is_pending = false
      # An exception that came up here, and the line that ran after it, if any did.
      @raised = nil
      @after = 0
      @subject = @bound = nil
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
      @is_coverage = @level == 'coverage'
      @is_values = @level == 'values'
      @first = plan['limits']['firstHits']
      @writer = Writer.new(directory, plan['limits'])
      @values = Values.new(plan['limits'], @writer)
      @globals = List.new.take(plan.dig('static', 'globals').to_a.map { |name| [name, eval("-> { #{name} }")] }) # rubocop:disable Security/Eval
      @known_globals = Table.new
      @files = List.new
      @by_place = Table.new
      @by_path = Table.new.by_identity
      @stacks = Table.new.by_identity
      @threads = Table.new.by_identity
      @has_threads = false
      @stack = nil
      @codes = @frames = 0
      @next_hits = 256
      plan['files'].each { |path| add_file(path, plan['static']) }
      runtime = "#{RUBY_ENGINE == 'ruby' ? 'CRuby' : RUBY_ENGINE} #{RUBY_VERSION}"
      @head = JSON.generate(
        { format: 'winnow.recording/1', language: 'ruby', runtime: runtime, level: @level, limits: plan['limits'] },
      )
      @writer.row(@head)
    end

    def add_file(path, static)
      place = File.join(@root, path)
      file = SourceFile.new(@files.size + 1, path, place, static)
      @files.add(file)
      [place, path, "./#{path}"].each { |name| @by_place.put(name, file) }
    end

    def begin
      recorder = self
      lines = @has_events ? TracePoint.new(:line) { |point| recorder.line(point) } : counting
      # One fiber at first; where threads take turns no event says so.
      fibers = TracePoint.new(:fiber_switch) { recorder.switched }
      threads = TracePoint.new(:thread_begin) { recorder.switched(true) }
      calls = TracePoint.new(:call, :b_call, :class) { |point| recorder.call(point) }
      ends = TracePoint.new(:return, :b_return, :end) { |point| recorder.leave(point) }
      raises = TracePoint.new(:raise) { |point| recorder.raised(point) }
      @points = [raises, calls, ends, lines, fibers, threads]
      Watched.ends(self)
      Watched.output(self) if @has_events
      @writer.flush
      @stack = find_stack
      @points.each(&:enable)
    end

    def file_of(path)
      file = @by_path.get(path)
      return file if file || file == false

      @by_path.empty_it if @by_path.count_all > 10_000
      @by_path.put(path, @by_place.get(path) || false)
    end

    def stack
      return @stack unless @has_threads

      find_stack
    end

    def switched(by_thread = false)
      @has_threads ||= by_thread
      @stack = find_stack
    end

    def find_stack
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

    # Levels without events: how often a line ran is how often it was come to, so that one number a line is enough.
    def counting
      recorder = self
      by_path = @by_path
      ticks = 0
      TracePoint.new(:line) do |point|
        file = by_path.get(point.winnow_path)
        file = recorder.file_of(point.winnow_path) unless file || file == false
        next unless file

        line = point.winnow_lineno
        stack = @has_threads ? find_stack : @stack
        frame = stack.top
        code = frame&.code
        unless code && code.number_of_file == file.number && line >= code.first && line <= code.last
          frame = recorder.find_frame(stack, file, line)
        end
        before = frame.line
        usual = file.usual
        if usual.get(before) == line
          counts = file.counts
          counts.put(before, counts.get(before) + 1)
        else
          file.count(before, line)
        end
        frame.line = line
        ticks += 1
        recorder.checkpoint(ticks) if ticks >= @next_hits
      end
    end

    # What is known of counts, in case that the program is killed: seldom, so that all such rows together stay small.
    def checkpoint(count)
      @next_hits = count * 2
      say_hits
      @writer.flush
    end

    def line(point)
      file = file_of(point.winnow_path)
      return unless file

      line = point.winnow_lineno
      stack = self.stack
      frame = stack.top
      code = frame&.code
      frame = find_frame(stack, file, line) unless code && code.number_of_file == file.number && line >= code.first && line <= code.last
      before = frame.line
      hits = (file.hits.get(line) || 0) + 1
      file.hits.put(line, hits)
      file.count(before, line)
      frame.after = line if frame.raised
      say_line(point, file, frame, before, line, hits)
      frame.line = line
      checkpoint(hits) if hits >= @next_hits
    end

    def say_line(point, file, frame, before, line, hits)
      writer = @writer
      is_direct = hits <= @first && !writer.is_full
      if @is_values && (frame.is_pending || is_direct)
        say_values(point.winnow_binding, frame)
      elsif @is_values && !frame.bound && frame.code.kind == :module
        frame.bound = point.winnow_binding
      end
      way = before > 0 && !writer.is_full && file.branches.get(before << 20 | line)
      return if @is_blocks && !file.starts.has(line)

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
      @writer.event(%({"e":"branch","f":#{number},"l":#{@values.integer(before)},"way":"#{way}","to":#{@values.integer(line)}))
    end

    # The frame that this line is of, where it is not the one on top: those above have ended without a word, or a file begins.
    def find_frame(stack, file, line)
      at = stack.count_all - 1
      while at >= 0
        code = stack.get(at).code
        break if code.number_of_file == file.number && line >= code.first && line <= code.last

        at -= 1
      end
      return enter(stack, file.code(0, 0), nil) if at < 0

      while stack.count_all > at + 1
        frame = stack.cut
        end_frame(frame, frame.code.kind == :module ? 'return' : 'unwind', frame.code.kind == :module ? ',"to":null' : '')
      end
      stack.top
    end

    def call(point)
      file = file_of(point.winnow_path)
      return unless file

      event = point.winnow_event
      kind = event == :call ? 1 : event == :b_call ? 2 : 3
      line = point.winnow_lineno
      code = file.code(kind, line) || unknown(file, kind, line, point)
      if !code.number && kind != 2
        owner = point.winnow_defined_class if kind == 1
        self_name = MODULE_NAME.bind_call(point.winnow_self) if kind == 3
        code.name = kind == 1 ? method_name(point, owner) : self_name || code.name
      end
      enter(stack, code, point)
    end

    def unknown(file, kind, line, point)
      code = Code.new(file, '', kind == 1 ? :function : kind == 2 ? :part : :class, line, 1 << 20, nil)
      code.name = kind == 1 ? SYMBOL_TEXT.bind_call(point.winnow_method_id) : '<block>'
      file.add(kind, line, code)
      code
    end

    def method_name(point, owner)
      name = SYMBOL_TEXT.bind_call(point.winnow_method_id)
      owner = point.winnow_self if MODULE_SINGLETON.bind_call(owner) && IS_A.bind_call(Module, point.winnow_self)
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
        %("kind":"#{SYMBOL_TEXT.bind_call(code.kind)}","line":#{@values.integer(code.first)},"end":#{@values.integer(last)}}),
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
      given = frame.code.kind == :function && point.winnow_self
      number = @values.integer(frame.number)
      if given && !SAME.bind_call(given, TOPLEVEL) && !IS_A.bind_call(Module, given)
        text = @values.tell(number, given)
        known.put(:self, text)
        frame.subject = given
        texts.add(%(["self",#{text}]))
      end
      return texts.join_all(',') if frame.code.kind == :class

      binding = point.winnow_binding
      outer(binding, frame)
      List.new.take(point.winnow_parameters).walk do |_, name|
        next if !name || !known_local?(name, frame)

        text = @values.tell(number, BINDING_GET.bind_call(binding, name))
        known.put(name, text)
        texts.add(%([#{@values.quote(SYMBOL_TEXT.bind_call(name))},#{text}]))
      rescue NameError
        # `*`, `**` and `&` without names.
      end
      texts.join_all(',')
    end

    def known_local?(name, frame) = !frame.code.own || frame.code.own.has(name)

    # What the variables of functions around hold when a block begins is nothing that it wrote.
    def outer(binding, frame)
      own = frame.code.own
      return unless own && frame.code.kind == :part

      List.new.take(BINDING_NAMES.bind_call(binding)).walk do |name|
        next if own.has(name)

        frame.known.put(name, @values.tell(@values.integer(frame.number), BINDING_GET.bind_call(binding, name)))
      end
    end

    # Variables that have another value than was last told.
    def say_values(binding, frame)
      return if @writer.is_full

      # Of the end of a file Ruby tells nothing.
      frame.bound ||= binding if frame.code.kind == :module
      number = @values.integer(frame.number)
      known = frame.known
      unless known
        known = frame.known = Table.new
        outer(binding, frame)
      end
      own = frame.code.own
      List.new.take(BINDING_NAMES.bind_call(binding)).walk do |name|
        value = BINDING_GET.bind_call(binding, name)
        text = @values.tell(number, value)
        old = known.get(name)
        # Ruby has all variables from the start, as nil; one that was never anything else counts as not written.
        next if STRING_EQUAL.bind_call(old || 'null', text)

        known.put(name, text)
        within = own && !own.has(name) ? ',"in":"closure"' : ''
        @writer.event(%({"e":"write","f":#{number},"v":#{@values.quote(SYMBOL_TEXT.bind_call(name))},"to":#{text}#{within}))
      end
      @values.tell(number, frame.subject) if frame.subject
      say_globals(number)
      frame.is_pending = false
    end

    def say_globals(number)
      @globals.walk do |name, read|
        text = @values.tell(number, CALL.bind_call(read))
        old = @known_globals.get(name)
        next if old ? STRING_EQUAL.bind_call(old, text) : STRING_EQUAL.bind_call(text, 'null')

        @known_globals.put(name, text)
        @writer.event(%({"e":"write","f":#{number},"v":#{@values.quote(name)},"to":#{text},"in":"global"))
      end
    end

    def leave(point)
      file = file_of(point.winnow_path)
      return unless file

      stack = self.stack
      frame = stack.top
      return unless frame

      event = point.winnow_event
      kind = event == :return ? :function : event == :b_return ? :part : :class
      line = point.winnow_lineno
      until frame.code.kind == kind && frame.code.file.number == file.number && line >= frame.code.first && line <= frame.code.last
        return if stack.count_all == 1

        stack.cut
        end_frame(frame, 'unwind', '')
        frame = stack.top
      end
      stack.cut
      count_end(frame)
      return unless @has_events

      value = event == :end ? nil : point.winnow_return_value
      is_unwound = SAME.bind_call(nil, value) && unwinds?(frame, line)
      say_values(point.winnow_binding, frame) if @is_values && event != :end && (frame.is_pending || frame.is_told)
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
      return frame.code.file.cleaning.has(frame.after) || frame.after == frame.code.first if frame.after > 0

      line != frame.code.last || frame.code.first == frame.code.last || line == frame.line
    end

    def count_end(frame)
      return if frame.line == 0

      code = frame.code
      code.file.count(frame.line, -code.first)
    end

    def end_frame(frame, kind, more, counted: false)
      count_end(frame) unless counted
      return unless @has_events

      say_values(frame.bound, frame) if frame.bound

      code = frame.code
      code.ends += 1
      return @writer.hold(code.held ||= List.new, kind, frame.number, nil, 0) if code.ends > @first || @writer.is_full

      @writer.event(%({"e":"#{kind}","f":#{@values.integer(frame.number)}#{more}))
    end

    def raised(point)
      file = file_of(point.winnow_path)
      frame = file && stack.top
      # Raised in code that is not traced, and coming up from there.
      frame ||= stack.top
      error = point.winnow_raised_exception
      return unless frame && @has_events

      say_raise(frame, error) unless frame.raised && frame.after == 0 && SAME.bind_call(frame.raised, error)
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
        counts = List.new
        ways = List.new
        file.each_way do |from, to, count|
          counts.put(to, @is_coverage ? 1 : (counts.get(to) || 0) + count) if to > 0
          count = 1 if @is_coverage
          ways.add("[#{@values.integer(from)},#{@values.integer(to)},#{@values.integer(count)}]") if from > 0
        end
        lines = List.new
        line = 0
        while (line += 1) < file.hits.count_all || line < counts.count_all
          count = counts.get(line) || file.hits.get(line)
          lines.add("[#{@values.integer(line)},#{@values.integer(count)}]") if count
        end
        @writer.row(
          %({"e":"hits","file":#{@values.quote(file.path)},"lines":[#{lines.join_all(',')}],"ways":[#{ways.join_all(',')}]}),
        )
      end
    end

    def output(stream, texts)
      frame = stack.top
      said = Text.new
      List.new.take(texts).walk { |text| said.add(@values.inner(text)) if IS_A.bind_call(String, text) }
      return if said.bytes_all == 0

      number = frame ? @values.integer(frame.number) : '0'
      @writer.event(%({"e":"output","f":#{number},"s":"#{stream}","text":"#{said}"))
    end

    def finish(error)
      return if @is_finished

      @is_finished = true
      List.new.take(@points).walk { |point| POINT_DISABLE.bind_call(point) }
      frames = stack
      while (frame = frames.cut)
        is_unwound = error && !IS_A.bind_call(SystemExit, error)
        end_frame(frame, is_unwound ? 'unwind' : 'return', is_unwound ? '' : ',"to":null')
      end
      say_hits
      @writer.finish
    end

    # In the child, where only the thread that forked goes on.
    def forked
      @stacks.empty_it
      @files.walk(&:forget)
      @codes = 0
      @writer.child(PROCESS_ID.bind_call(Process))
      @writer.row(@head)
    end
  end
end
