# frozen_string_literal: true
# What is written of a run, in which order, and what is left out.
#
# Entries are added to a list in one step, so that threads may take turns anywhere; which thread an entry is of is said when the list is
# written. Lines that are held back lie in a ring for each line, as numbers.
module WinnowTrace
  class Writer
    # A few thousand events lie in memory at most, and for 50 ms, so that a program that is killed leaves what was before.
    MOST_HELD = 2_000
    SECONDS = 0.05

    attr_reader :is_full
    def initialize(directory, limits)
      @directory, @limits = directory, limits
      @events, @bytes, @last = limits['events'], limits['bytes'], limits['lastHits']
      @path = File.join(directory, 'trace.jsonl').freeze
      begin_again(limits)
    end

    # In a process that was forked.
    def child(number)
      @path = File.join(@directory, "trace-#{INT_TEXT.bind_call(number)}.jsonl").freeze
      begin_again(@limits)
    end

    def begin_again(limits)
      @out = File.new(@path, File::WRONLY | File::CREAT | File::APPEND | File::BINARY, 0o644)
      @out.close_on_exec = true
      @left = limits['events']
      @room = limits['bytes']
      @pending = List.new
      @rings = List.new
      # Lines that ran, and those of them that are accounted for.
      @lines = @said = @dropped = @order = 0
      @thread = @now = 0
      @flushed = clock
      @is_full = @left <= 0
      @has_held = false
    end

    def clock = CPU_CLOCK.bind_call(Process, Process::CLOCK_MONOTONIC)

    # The thread whose events follow.
    attr_writer :now

    # An event of no line. The text is without its closing brace.
    def event(text)
      return @dropped += 1 if @is_full

      release if @has_held
      put(text, @lines)
    end

    def line(text)
      release if @has_held
      put(text, @lines)
      @said = @lines += 1
    end

    def row(text) = @pending.add([@now, text])

    # `ring` is kept by a line or code; `text` is made only when it is written.
    def hold(ring, kind, frame, code, line)
      at = @lines
      @lines += 1 if kind == :line
      return (@dropped += 1 if kind != :line) if @last == 0

      @has_held = true
      @rings.add(ring) if ring.empty
      @order += 1
      ring.add([@order, kind, frame, code, line, at, @now])
      return unless ring.count_all > @last

      ring.shift_some
      @dropped += 1 if kind != :line
    end

    def release
      @has_held = false
      rows = List.new
      @rings.walk do |ring|
        ring.walk { |row| rows.add(row) }
        ring.take([])
      end
      @rings = List.new
      rows.sort_all { |a, b| a[0] <=> b[0] }
      rows.walk { |row| put_held(*row) }
    end

    def flush(final = false)
      pending = @pending.shift_some(@pending.count_all)
      text = Text.new
      List.new.take(pending).walk do |thread, line|
        if thread != @thread
          @thread = thread
          text.add(%({"e":"thread","t":#{INT_TEXT.bind_call(thread)}}\n))
        end
        text.add(line).add("\n")
      end
      @flushed = clock
      return if text.bytes_all == 0

      write(text)
      return if final

      @room -= text.bytes_all
      @is_full = true if @room <= 0
    end

    def finish
      release
      skip = @lines - @said
      row(%({"e":"end","skip":#{INT_TEXT.bind_call(skip)},"dropped":#{INT_TEXT.bind_call(@dropped)}}))
      flush(true)
    end

    private

    def put(text, at)
      skip = at - @said
      @said = at if skip > 0
      @pending.add([@now, skip > 0 ? %(#{text},"skip":#{INT_TEXT.bind_call(skip)}}) : "#{text}}"])
      @left -= 1
      @is_full = true if @left <= 0
      flush if @pending.count_all >= MOST_HELD || clock - @flushed > SECONDS
    end

    def put_held(_order, kind, frame, code, line, at, thread)
      was, @now = @now, thread
      number = INT_TEXT.bind_call(frame)
      if kind == :line
        put(%({"e":"line","f":#{number},"l":#{INT_TEXT.bind_call(line)},"c":#{code}), at)
        @said = at + 1
      elsif kind == :call
        put(%({"e":"call","f":#{number},"c":#{code},"from":#{INT_TEXT.bind_call(line)},"args":[]), at)
      else
        put(%({"e":"#{kind}","f":#{number}), at)
      end
      @now = was
    end

    # The program may have closed what it did not open.
    def write(text)
      IO_WRITE.bind_call(@out, text)
    rescue IOError, SystemCallError
      begin
        @out = File.new(@path, File::WRONLY | File::CREAT | File::APPEND | File::BINARY, 0o644)
        IO_WRITE.bind_call(@out, text)
      rescue SystemCallError
        @is_full = true
      end
    end
  end
end
